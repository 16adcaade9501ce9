// CAPTURED_NOT_BILLED: the customer paid, and the provider's invoice does not know the job.

extension DiagnosisRule {
  static let capturedNotBilled = DiagnosisRule(
    "CAPTURED_NOT_BILLED", "charged, and on no line of the provider's bill"
  ) { story in
    guard !story.isOpen, story.charged > story.job.refunded, story.bills.isEmpty,
      let verdict = story.verdict, let start = story.job.dispatchedAt ?? story.job.submittedAt,
      start <= verdict.time,
      // Only between its first and its last line is an invoice known to be complete.
      let span = story.billed.covering(start...verdict.time)
    else { return nil }
    let unmatched =
      span.unmatched == 0
      ? "" : "; \(span.unmatched) of its lines belong to no job that is known"
    return Proof(
      span.unmatched == 0 ? .certain : .probable,
      [verdict.position, story.captured ?? 0, span.last],
      """
      The customer paid \(story.charged), and the lines of \(story.provider) from \
      \(Waiting.text(span.range.lowerBound)) to \(Waiting.text(span.range.upperBound)) do not \
      name the job\(unmatched).
      """,
      next: story.job.captured > story.job.refunded
        ? story.refundCommand(reason: "the provider has not billed it") : nil)
  }
}
