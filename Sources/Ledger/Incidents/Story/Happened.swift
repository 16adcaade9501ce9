// What happened between us and the provider, as one would tell it: handed in, sent, asked, ended.

import Wire

/// The second paragraph of `explain`.
struct Happened {
  /// Attempts that are told one by one.
  private static let attemptsMax = 6
  /// Of the provider's own message, characters.
  private static let messageMax = 300

  private let story: Story
  private let status: JobStatus

  init(_ story: Story, _ status: JobStatus) {
    self.story = story
    self.status = status
  }

  var text: String {
    var sentences = [begun] + submits
    if story.leftOut > 0 {
      sentences.append("(\(story.leftOut) events in the middle are left out here.)")
    }
    if let watched { sentences.append(watched) }
    sentences += odd
    sentences.append(ended)
    if let saved { sentences.append(saved) }
    return sentences.joined(separator: " ")
  }

  private var begun: String {
    let first = story.events.first
    let who = first.map { event in
      event.envelope.by.map { " by \(Spoken.word($0))" } ?? ""
    }
    let time = story.job.submittedAt.map { " at \(Waiting.text($0))" } ?? ""
    let model = story.model.map { ", model \(Spoken.word($0))" } ?? ""
    let steps = story.job.steps > 1 ? ", \(story.job.steps) steps" : ""
    let verb = story.submitted.tracked == true ? "Adopted" : "Handed in"
    return "\(verb)\(time)\(who ?? "") for account \(story.account): \(story.provider)\(model)"
      + "\(steps)."
  }

  private var submits: [String] {
    var sentences: [String] = []
    var sent: Timestamp?
    for event in story.events {
      let step = story.job.steps > 1 ? "Step \(event.envelope.step + 1): " : ""
      switch event.event {
      case .jobDispatchStarted: sent = event.time
      case .jobDispatched(let body):
        let took =
          body.latencyMilliseconds.map { Double($0) / 1000 }
          ?? sent.map { event.time.seconds(since: $0) }
        let after = took.map { " after \(Spoken.duration($0))" } ?? ""
        let id = body.externalID.map { " as \(Spoken.word($0))" } ?? ""
        sentences.append(
          body.via == .submit
            ? "\(step)Sent and accepted\(id)\(after)."
            : "\(step)Known to \(body.provider)\(id) (\(body.via.name)).")
      case .jobDispatchRefused(let body):
        sentences.append(
          "\(step)Attempt \(body.attempt) was refused at \(Waiting.text(event.time)): "
            + "\(Spoken.answer(body.httpStatus, body.fault)) (\(body.class.name)).")
      case .jobDispatchUncertain(let body):
        sentences.append(
          "\(step)Attempt \(body.attempt) was sent and ended at \(Waiting.text(event.time)) in "
            + "\(Spoken.answer(body.httpStatus, body.fault)): nobody knew whether it had arrived.")
      default: break
      }
    }
    guard sentences.count > Happened.attemptsMax else { return sentences }
    let half = Happened.attemptsMax / 2
    let rest = sentences.count - 2 * half
    return sentences.prefix(half) + ["(\(rest) more.)"] + sentences.suffix(half)
  }

  /// How it was looked after.
  private var watched: String? {
    guard let first = story.answers.first, let last = story.answers.last else {
      return story.dispatched == nil ? nil : "Nobody has asked for it since."
    }
    var ways: [String] = []
    let polls = story.answers.filter { $0.channel == .poll }
    if !polls.isEmpty { ways.append("asked \(Spoken.times(polls.count))") }
    for channel in [Channel.sse, .webhook] {
      let count = story.answers.count { $0.channel == channel }
      if count > 0 { ways.append("told by \(channel.name) \(Spoken.times(count))") }
    }
    let seconds = last.time.seconds(since: first.time)
    let span =
      seconds >= 1
      ? " over \(Spoken.duration(seconds))" : " at \(Waiting.text(first.time))"
    var sentence = "It was \(Spoken.list(ways))\(span)"
    let bad = Dictionary(grouping: polls.filter { $0.replyClass != .ok }, by: \.text)
      .sorted { $0.key < $1.key }.prefix(Happened.attemptsMax)
      .map { "\($0.key) \(Spoken.times($0.value.count))" }
    if !bad.isEmpty { sentence += "; the answer was \(Spoken.list(Array(bad)))" }
    if let word = last.word { sentence += "; the last word was \(Spoken.quoted(word))" }
    if let fraction = story.job.fraction, story.isOpen { sentence += ", \(fraction / 10_000) %" }
    return sentence + "."
  }

  /// What does not happen to every job.
  private var odd: [String] {
    let sentences = story.events.compactMap { event -> String? in
      let at = "at \(Waiting.text(event.time))"
      switch event.event {
      case .jobOverdue(let body):
        let patience = Spoken.duration(Double(body.patienceMilliseconds) / 1000)
        return "Our patience of \(patience) ended \(at); that is no verdict."
      case .jobCancelRequested: return "A cancel was asked for \(at)."
      case .jobParked(let body): return "It was parked \(at): \(body.reason.name)."
      case .jobUnparked: return "It went on \(at)."
      case .jobResolved(let body):
        return "\(event.envelope.by.map(Spoken.word) ?? "An operator") decided \(at) that it "
          + "\(body.as.name)."
      case .jobExpired: return "The hold came to its end \(at) without a verdict."
      default: return nil
      }
    }
    return Array(sentences.suffix(2 * Happened.attemptsMax))
  }

  private var ended: String {
    guard let verdict = story.verdict, !story.isOpen else {
      let since = status.updatedAt.map { " since \(Waiting.text($0))" } ?? ""
      return "It is \(story.job.state.name)\(since)."
    }
    let took = story.job.submittedAt.map {
      " after \(Spoken.duration(verdict.time.seconds(since: $0)))"
    }
    let outputs =
      story.job.state == .succeeded
      ? " with \(story.job.outputCount) output\(story.job.outputCount == 1 ? "" : "s")" : ""
    let how = status.error.map { error in
      let message = error.message.map { ": \(Happened.cut($0))" } ?? ""
      return " (\(error.failureClass.name)\(message))"
    }
    return "It \(Happened.verb(story.job.state)) at \(Waiting.text(verdict.time))\(took ?? "")"
      + "\(outputs)\(how ?? "")."
  }

  private static func verb(_ state: JobState) -> String {
    switch state {
    case .canceled: "was canceled"
    default: state.name
    }
  }

  private static func cut(_ message: String) -> String {
    message.count > messageMax ? message.prefix(messageMax - 1) + "…" : message
  }

  private var saved: String? {
    let stored = story.events.filter { event in
      if case .jobStored = event.event { true } else { false }
    }
    let failed = story.events.count { event in
      if case .jobStoreFailed = event.event { true } else { false }
    }
    guard story.job.storing != 0, !stored.isEmpty || failed > 0 else { return nil }
    let tries = failed > 0 ? "; \(Spoken.times(failed)) it could not be fetched or stored" : ""
    guard let last = stored.last else { return "No output is saved\(tries)." }
    return "\(stored.count) of \(story.job.outputCount) outputs saved, the last at "
      + "\(Waiting.text(last.time))\(tries)."
  }
}
