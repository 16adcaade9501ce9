// COMPLETED_WITHOUT_OUTPUT: the provider says that it succeeded, and there is nothing.

extension DiagnosisRule {
  static let completedWithoutOutput = DiagnosisRule(
    "COMPLETED_WITHOUT_OUTPUT", "it succeeded, and there is nothing"
  ) { story in
    guard story.job.state == .failed, story.job.failureClass == .noOutput,
      let verdict = story.verdict,
      // A step that could not be sent for want of an earlier one's output was never completed.
      let said = story.currentAnswers.last(where: {
        $0.position < verdict.position && $0.isEnd
      })
    else { return nil }
    let money =
      story.job.captured > .zero
      ? "the customer was charged \(story.job.captured) by the profile's rule"
      : "nothing was charged"
    return Proof(
      .certain, [said.position, verdict.position],
      """
      \(story.provider) said \(Spoken.quoted(said.word)) at \(Waiting.text(said.time)) and gave no \
      output: the job counts as failed, \(money).
      """,
      next: story.job.captured > story.job.refunded
        ? story.refundCommand(reason: "there is no output") : nil)
  }
}
