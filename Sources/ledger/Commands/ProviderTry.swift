// ledger provider try

import CommandLine
import Providers
import Wire

enum ProviderTry {
  static let declaration = Declaration(
    "provider try", .providers, "Feed a captured reply to a profile",
    details: """
      The reply is {"status":200,"headers":{},"body":...}; a body that is a string is raw bytes.

      With --phase stream the body is a captured event stream, and each message is shown as it is \
      read. With --phase list each listed job is shown as a status is read: what reconciliation \
      compares with a job whose submit had no answer.
      """,
    operands: [.required("PROVIDER", .identifier, "whose reply it is")],
    options: [
      .required("phase", .choice(phases), "What was asked; webhook: what came by itself"),
      .value("model", .text, "Which model was asked", as: "M"),
      .required("reply", .path, "The captured reply, or - for standard input"),
    ],
    examples: ["ledger provider try replicate --phase status --reply reply.json"])

  private static let phases = RequestPhase.allCases.map(\.rawValue) + [webhook]
  private static let webhook = "webhook"

  /// Largest captured reply, bytes: the body's own bound and room for its escapes.
  private static let replyBytesMax = 8 << 20

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let profile = try session.registry().profile(arguments.required("PROVIDER"))
    let phase = arguments.required("phase")
    let bytes = try InputFile.read(
      arguments.required("reply"), bytesMax: replyBytesMax, as: "--reply")
    let reply: Reply
    do {
      reply = try TryReply.read(bytes, isMessage: phase == webhook)
    } catch {
      throw Failure.usage(
        "--reply is no captured reply: \(error)",
        next: #"echo '{"status":200,"headers":{},"body":{}}' > reply.json"#)
    }
    let context = RequestContext(jobID: "try", model: try arguments.word("model"))
    switch phase {
    case RequestPhase.stream.rawValue where reply.isEvents:
      return try stream(session, profile, reply, context)
    case RequestPhase.list.rawValue: return try list(session, profile, reply, context)
    default: break
    }
    let reading =
      try RequestPhase(rawValue: phase).map { profile.read($0, reply, for: context) }
      ?? read(reply, profile, context)
    show(session, reading.json(phase: phase), reading.warnings)
    return .ok
  }

  private static func show(_ session: Session, _ json: JSON, _ warnings: [String]) {
    if session.output.settings.isJSON {
      session.output.json(json)
    } else {
      var screen = Screen(session.output, now: session.now)
      screen.reading(json)
      session.output.lines(screen.lines)
    }
    for warning in warnings { session.output.warning(warning) }
  }

  /// Each message of a captured stream.
  private static func stream(
    _ session: Session, _ profile: Profile, _ reply: Reply, _ context: RequestContext
  ) throws -> ExitCode {
    guard profile.stream != nil else { throw noSuchPhase(profile, "stream") }
    var parser = EventStreamParser()
    let events: [ServerSentEvent]
    do {
      events = try parser.feed(reply.body)
    } catch {
      throw Failure.usage("--reply: a line or an event is longer than 1 MiB", next: "shorten it")
    }
    var context = context
    for event in events {
      let reading = profile.readMessage(event, for: context)
      context.progressBefore = reading.progress ?? context.progressBefore
      show(session, reading.json(event), reading.warnings)
    }
    if events.isEmpty { session.output.warning("the stream holds no complete event") }
    return .ok
  }

  /// A notification; its signature is not asked for.
  private static func read(
    _ reply: Reply, _ profile: Profile, _ context: RequestContext
  ) throws -> ReplyReading {
    guard profile.webhook != nil else {
      throw Failure(
        .configuration, "no_webhook", "the profile of \(profile.name) has no 'webhook'",
        next: "ledger provider show \(profile.name)")
    }
    let message = WebhookMessage(headers: reply.headers, body: reply.body)
    return profile.readWebhook(message, for: context)
  }

  /// Each job of a captured list.
  private static func list(
    _ session: Session, _ profile: Profile, _ reply: Reply, _ context: RequestContext
  ) throws -> ExitCode {
    guard profile.reconcile != nil else { throw noSuchPhase(profile, "list") }
    let list = profile.readList(
      reply, for: LostJob(context, startedAt: session.now), keepsAll: true)
    guard list.isReadable else {
      show(session, list.reply.json(phase: "list"), list.reply.warnings)
      session.output.warning("no jobs stand where the profile looks for them")
      return .ok
    }
    for candidate in list.candidates {
      let reading = profile.read(
        .status, Reply(status: 200, body: candidate.item.bytes), for: context)
      show(session, reading.json(phase: "list"), reading.warnings)
    }
    session.output.note(
      "\(list.items) jobs" + (list.next.map { "; the next page: \(Escaping.terminal($0))" } ?? ""))
    return .ok
  }

  private static func noSuchPhase(_ profile: Profile, _ phase: String) -> Failure {
    .usage(
      "the profile \(profile.name) says nothing of a \(phase)",
      next: "ledger provider show \(profile.name)")
  }
}

extension Screen {
  /// A reading, field by field; what the reply did not say is left out.
  fileprivate mutating func reading(_ json: JSON) {
    for member in json.object?.members ?? [] {
      let label = Self.labels[member.name] ?? String(member.name.map { $0 == "_" ? " " : $0 })
      switch member.value {
      case .null: continue
      case .array(let items):
        for item in items { whole(label, item["url"]?.string ?? item.text) }
      case .object(let object):
        for part in object.members {
          if let url = part.value.string { whole("\(part.name) url", url) }
        }
      case .string(let text): field(label, text)
      case let other: field(label, other.text + (member.name.hasSuffix("_s") ? " s" : ""))
      }
    }
  }

  /// Names that are longer than their column.
  private static let labels = ["queue_position": "in queue", "retry_after_s": "retry after"]
}
