// PROVIDER_BILLED_WITHOUT_CAPTURE: the provider bills us for a job that nobody paid us for.

import Wire

extension DiagnosisRule {
  static let providerBilledWithoutCapture = DiagnosisRule(
    "PROVIDER_BILLED_WITHOUT_CAPTURE", "billed to us, and paid by nobody"
  ) { story in
    guard !story.isOpen, story.charged == .zero,
      // Watching without money: what the app takes is not known here.
      story.job.hold > .zero, let verdict = story.verdict
    else { return nil }
    var lines: [(position: Position, words: String)] = []
    var isExact = true
    for bill in story.bills {
      guard case .providerBilled(let body) = bill.event, !isNothing(body.quantity) else { continue }
      let words = "\(Spoken.word(body.quantity)) \(Spoken.word(body.unit))"
      lines.append((bill.position, "\(words) on line \(Spoken.word(body.lineID))"))
      if body.certainty == .probable { isExact = false }
    }
    guard let first = lines.first else { return nil }
    let more = lines.count > 1 ? " and \(lines.count - 1) more lines" : ""
    return Proof(
      isExact ? .certain : .probable,
      [verdict.position, story.released ?? 0] + lines.map(\.position),
      """
      It ended as \(story.job.state.name) and the customer paid nothing; \(story.provider) bills \
      \(first.words)\(more): the loss is ours.
      """,
      next: story.command("timeline").text)
  }

  /// A line of nothing, however it is written.
  private static func isNothing(_ quantity: String) -> Bool {
    !quantity.contains { ("1"..."9").contains($0) }
  }
}
