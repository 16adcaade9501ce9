// STATUS_404: the provider's status address says that there is no such job.

extension DiagnosisRule {
  static let status404 = DiagnosisRule("STATUS_404", "the status says: no such job") { story in
    // A 404 on the result's address may be the provider's verdict: then it is no riddle.
    let lost = story.answers.filter {
      $0.isLook && $0.reading == .unknown && ($0.httpStatus == 404 || $0.httpStatus == 410)
        // Under our own id it is looked for before the submit's answer: not there yet is no riddle.
        && story.isAccepted(before: $0)
    }
    guard let first = lost.first, let last = lost.last else { return nil }
    let isLast = story.job.answer == last.position
    let later = isLast ? "and has not known it since" : "and knew it later"
    return Proof(
      .certain, lost.map(\.position),
      """
      \(story.provider) answered \(first.text) \(Spoken.times(lost.count)) from \
      \(Waiting.text(first.time)) on \(later): that is no verdict, the job is asked for again.
      """,
      next: story.isOpen && isLast
        ? story.lateSeconds == nil ? story.command("check").text : story.pollCommand : nil)
  }
}
