// Questions that several rules ask of a story.

import Wire

extension Story {
  /// Seconds after which what is due is late: nobody is there to do it.
  static let lateAloneSeconds = 1.0
  /// The same where a poller is at work: longer than a request and its answer may take.
  static let lateWatchedSeconds = 120.0
  /// Neglect that is no matter of chance any more, seconds.
  static let certainlyLateSeconds = 60.0

  var isOpen: Bool { !job.state.isTerminal }

  /// Seconds that what is due has been waiting, where that is too long to be on its way; else nil.
  var lateSeconds: Double? {
    guard let due = job.nextAt else { return nil }
    let late = now.seconds(since: due)
    return late > (poller.isRunning ? Story.lateWatchedSeconds : Story.lateAloneSeconds)
      ? late : nil
  }

  /// The event that ended the job; nil while it is open.
  var verdict: RecordedEvent? {
    job.verdict == 0 ? nil : events.last { $0.position == job.verdict }
  }

  func position(ofLast isMeant: (Event) -> Bool) -> Position? {
    events.last { isMeant($0.event) }?.position
  }

  /// The newest handle.
  var dispatched: RecordedEvent? {
    events.last { if case .jobDispatched = $0.event { true } else { false } }
  }

  /// Everybody who had a step of the job, in alphabetical order.
  var providers: [String] {
    let named = events.compactMap { event in
      if case .jobDispatched(let body) = event.event { body.provider } else { nil }
    }
    return Set(named + [provider]).sorted()
  }

  /// The provider had said that it has the step when this answer came.
  func isAccepted(before answer: Answer) -> Bool {
    events.contains { event in
      guard event.position < answer.position, event.envelope.step == answer.step else {
        return false
      }
      if case .jobDispatched = event.event { return true }
      return false
    }
  }

  /// Answers about the current step.
  var currentAnswers: [Answer] { answers.filter { $0.step == UInt64(job.step) } }

  /// Credits that the customer paid, in our books or in the app's own.
  var charged: Credits { job.captured + (submitted.charged ?? .zero) }

  /// A client or a page has the result: a hook tells an app, not a person.
  var isSeen: Bool { isSeen(after: job.verdict) }

  func isSeen(after position: Position) -> Bool {
    events.contains { event in
      guard event.position > position else { return false }
      switch event.event {
      case .jobDelivered(let body):
        return body.channel != .hook && (body.through ?? .max) >= job.verdict
      case .jobClientReported(let body): return ReportKind(body.kind) == .seen
      default: return false
      }
    }
  }

  /// What clients reported, oldest first.
  var reports: [(position: Position, time: Timestamp, word: String, kind: ReportKind)] {
    events.compactMap { event in
      guard case .jobClientReported(let body) = event.event else { return nil }
      return (event.position, event.time, body.kind, ReportKind(body.kind))
    }
  }

  /// Where the hold went back to the customer.
  var released: Position? {
    position { if case .creditReleased = $0 { true } else { false } }
  }

  var captured: Position? {
    position { if case .creditCaptured = $0 { true } else { false } }
  }
}

/// How numbers and words of a story are said.
enum Spoken {
  /// Of a provider's word in a sentence, characters.
  private static let wordMax = 80

  /// 0.4 s, 12 s, 3 min 20 s, 2 h 5 min, 3 d 4 h
  static func duration(_ seconds: Double) -> String {
    guard seconds >= 10 else {
      let tenths = Int((max(0, seconds) * 10).rounded())
      return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
    }
    let whole = Int(min(seconds, 1e12).rounded())
    func parts(_ large: Int, _ largeUnit: String, _ small: Int, _ smallUnit: String) -> String {
      small == 0 ? "\(large) \(largeUnit)" : "\(large) \(largeUnit) \(small) \(smallUnit)"
    }
    return switch whole {
    case ..<60: "\(whole) s"
    case ..<3600: parts(whole / 60, "min", whole % 60, "s")
    case ..<86_400: parts(whole / 3600, "h", whole % 3600 / 60, "min")
    default: parts(whole / 86_400, "d", whole % 86_400 / 3600, "h")
    }
  }

  static func times(_ count: Int) -> String {
    switch count {
    case 1: "once"
    case 2: "twice"
    default: "\(count) times"
    }
  }

  /// A provider's word, cut to what a sentence can carry.
  static func word(_ text: String) -> String {
    text.count > wordMax ? text.prefix(wordMax - 1) + "…" : text
  }

  static func quoted(_ text: String?) -> String { text.map { "\"\(word($0))\"" } ?? "no word" }

  /// "HTTP 404", "no answer (timeout)"
  static func answer(_ status: UInt64?, _ fault: Fault?) -> String {
    if let status { return "HTTP \(status)" }
    return fault.map { "no answer (\($0.name))" } ?? "an answer"
  }

  static func list(_ texts: [String]) -> String {
    guard let last = texts.last, texts.count > 1 else { return texts.first ?? "" }
    return texts.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension Answer {
  var text: String { Spoken.answer(httpStatus, fault) }
}
