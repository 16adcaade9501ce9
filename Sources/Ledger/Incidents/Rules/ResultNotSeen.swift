// RESULT_NOT_SEEN: it ended, and whoever waits for it never learned it. That nobody confirmed a
// result proves nothing; somebody must have said so, or could not be told.

import Wire

extension DiagnosisRule {
  static let resultNotSeen = DiagnosisRule(
    "RESULT_NOT_SEEN", "finished, and nobody learned it"
  ) { story in
    guard let verdict = story.verdict, !story.isOpen else { return nil }
    return unseen(story, verdict) ?? undelivered(story, verdict)
  }

  /// A client that says so after the end, and nobody who has it since.
  private static func unseen(_ story: Story, _ verdict: RecordedEvent) -> Proof? {
    let reports = story.reports.filter { report in
      guard report.position > verdict.position, !story.isSeen(after: report.position) else {
        return false
      }
      switch report.kind {
      case .waiting: return true
      // Of a success it is CLIENT_TIMED_OUT_JOB_RAN.
      case .gaveUp: return story.job.state != .succeeded
      default: return false
      }
    }
    guard let last = reports.last else { return nil }
    return Proof(
      .certain, [verdict.position] + reports.map(\.position),
      """
      It was \(story.job.state.name) at \(Waiting.text(verdict.time)), and \
      \(Spoken.duration(last.time.seconds(since: verdict.time))) later a client still reported \
      \(Spoken.word(last.word)): it never learned the end.
      """,
      next: story.command("status").text)
  }

  /// A hook that was given up: its second failure for one event says so (`HookHistory`).
  private static func undelivered(_ story: Story, _ verdict: RecordedEvent) -> Proof? {
    var failures: [String: [RecordedEvent]] = [:]
    for event in story.events where event.position > verdict.position {
      switch event.event {
      case .jobDeliveryFailed(let body)
      where body.channel == .hook && event.envelope.cause == verdict.position:
        failures[body.consumer ?? "", default: []].append(event)
      case .jobDelivered(let body): failures[body.consumer ?? ""] = nil
      default: break
      }
    }
    guard
      let (hook, failed) = failures.filter({ $0.value.count > 1 }).min(by: { $0.key < $1.key }),
      !story.isSeen
    else { return nil }
    return Proof(
      .certain, [verdict.position] + failed.map(\.position),
      """
      It was \(story.job.state.name) at \(Waiting.text(verdict.time)); the hook \
      \(Spoken.quoted(hook)) could not be told and was given up at \
      \(Waiting.text(failed[failed.count - 1].time)).
      """,
      next: NextCommand("hook resend").operand(hook).text)
  }
}
