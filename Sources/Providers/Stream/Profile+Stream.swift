// A message of a stream → what it says.

import Ledger
package import Wire

/// What one message is to us.
package struct StreamReading: Sendable {
  package enum Kind: String, Sendable {
    case status, news, look, end, ignored
  }

  package var kind = Kind.ignored
  /// The message as a status reply; only for `.status`.
  package var status: ReplyReading?
  package var log: LogText?
  package var stage: String?
  /// Millionths, 0...1,000,000.
  package var progress: Int?
  /// What a person mending the profile should know.
  package var warnings: [String] = []

  package init() {}
}

extension Profile {
  /// What a message of the job's stream says. A success in it that shows no output, and data that
  /// is gone, are not believed: a message may be a part of the truth, so they only ask for a look.
  package func readMessage(
    _ event: ServerSentEvent, for context: RequestContext
  ) -> StreamReading {
    var reading = StreamReading()
    guard let stream else { return reading }
    let json = try? JSON(parsing: Array(event.data.utf8))
    guard let rule = stream.rule(for: event, json) else { return reading }
    let value: JSON
    if rule.isText {
      value = .string(event.data)
    } else if let json {
      value = json
    } else {
      // A bare word such as [DONE] can still end the stream or ask for a look.
      value = .null
      if rule.kind == .status || rule.kind == .news {
        reading.warnings.append("a message of the stream is not JSON")
        return reading
      }
    }
    reading.kind = StreamReading.Kind(rule.kind)
    guard rule.kind != .ignore else { return reading }
    reading.log = (rule.log ?? log)?.read(value)
    if rule.kind == .status {
      let object = rule.at.paths.isEmpty ? value : rule.at.first(in: value) ?? .null
      reading.log = (rule.log.map { $0.read(value) } ?? log?.read(object)) ?? nil
      take(object, context, &reading)
    }
    if let stage = rule.stage { reading.stage = stage.text(in: value) }
    reading.stage = reading.stage?.cut(to: StateRule.wordMax)
    if let progress = rule.progress?.read(value) {
      reading.progress = max(progress, context.progressBefore ?? 0)
    }
    return reading
  }

  private func take(_ object: JSON, _ context: RequestContext, _ reading: inout StreamReading) {
    guard object.object != nil else {
      reading.kind = .ignored
      reading.warnings.append("a status message of the stream holds no object")
      return
    }
    let status = read(.status, Reply(status: 200, body: object.bytes), for: context)
    reading.stage = status.stage
    reading.progress = status.progress
    if status.replyClass == .permanent {
      reading.kind = .ignored
      reading.warnings += status.warnings
    } else if status.word == nil, !status.isVerdict {
      reading.kind = .news
    } else if status.failureClass == .noOutput || status.failureClass == .gone {
      reading.kind = .look
    } else {
      reading.status = status
      reading.warnings += status.warnings
    }
  }
}

extension StreamRule {
  func rule(for event: ServerSentEvent, _ json: JSON?) -> MessageRule? {
    let name: String? =
      switch key {
      case .event: event.name
      case .pointer(let list): json.flatMap { list.text(in: $0) }
      }
    return messages.first { rule in
      rule.names.isEmpty || name.map(rule.names.contains) ?? false
    }
  }
}

extension StreamReading.Kind {
  init(_ kind: MessageRule.Kind) {
    self =
      switch kind {
      case .status: .status
      case .news: .news
      case .look: .look
      case .end: .end
      case .ignore: .ignored
      }
  }
}
