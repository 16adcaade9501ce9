// STUCK_IN_QUEUE: our patience has ended, and from the first answer to the last nothing moved.

import Wire

extension DiagnosisRule {
  static let stuckInQueue = DiagnosisRule("STUCK_IN_QUEUE", "queued, and nothing moves") { story in
    guard [.dispatched, .running, .overdue].contains(story.job.state),
      let end = story.job.overdueAt, story.now >= end || story.job.state == .overdue,
      (story.job.fraction ?? 0) == 0, let dispatched = story.dispatched
    else { return nil }
    let heard = story.currentAnswers.filter {
      $0.position > dispatched.position && $0.isBelievable && $0.reading == .pending
    }
    // Errors are another trouble: the job may move, only nobody can see it.
    guard let first = heard.first, let last = heard.last, last.position == story.job.answer,
      heard.allSatisfy({ $0.word == first.word })
    else { return nil }
    let overdue = story.position { if case .jobOverdue = $0 { true } else { false } }
    let place = story.job.queuePlace.map { ", \($0) before it" } ?? ""
    return Proof(
      story.job.queuePlace == nil ? .probable : .certain,
      [first.position, last.position, overdue ?? 0],
      """
      \(story.provider) has said \(Spoken.quoted(first.word))\(place) since \
      \(Waiting.text(first.time)), \(Spoken.times(heard.count)) in all; our patience ended at \
      \(Waiting.text(end)). That is no verdict: the hold stays.
      """,
      next: story.job.cancel == 0
        ? story.command("cancel").text
        : story.lateSeconds == nil ? story.command("check").text : story.pollCommand)
  }
}
