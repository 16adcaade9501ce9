// CAPTURED_NOT_BILLED: the customer paid, and the provider's invoice does not know the job.

extension Rule {
  static let capturedNotBilled = Rule(
    "CAPTURED_NOT_BILLED", "charged, and on no line of the provider's bill"
  ) { story in
    guard !story.isOpen, story.charged > story.job.refunded, story.bills.isEmpty,
      let span = story.invoice, let verdict = story.verdict,
      let start = story.job.dispatchedAt ?? story.job.submittedAt,
      // Only between its first and its last line is an invoice known to be complete.
      span.from <= start, verdict.time <= span.to
    else { return nil }
    let unmatched =
      span.unmatchedLines == 0
      ? "" : "; \(span.unmatchedLines) of its lines belong to no job that is known"
    return Proof(
      span.unmatchedLines == 0 ? .certain : .probable,
      [verdict.position, story.captured ?? 0, span.last],
      """
      The customer paid \(story.charged), and the lines of \(story.provider) from \
      \(Waiting.text(span.from)) to \(Waiting.text(span.to)) do not name the job\(unmatched).
      """,
      next: story.job.captured > story.job.refunded
        ? story.refundCommand(reason: "the provider has not billed it") : nil)
  }
}
