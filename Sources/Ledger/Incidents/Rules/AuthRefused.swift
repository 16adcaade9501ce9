// AUTH_REFUSED: the provider did not take our key, or our credit with it is used up.

extension DiagnosisRule {
  static let authRefused = DiagnosisRule("AUTH_REFUSED", "our key or our credit is not taken") {
    story in
    var refusals: [(position: Position, words: String)] = []
    for event in story.events {
      switch event.event {
      case .jobDispatchRefused(let body)
      where body.accountProblem == true || isRefusal(body.httpStatus)
        || body.class == .insufficientCredit:
        refusals.append(
          (event.position, "\(Spoken.answer(body.httpStatus, body.fault)) (\(body.class.name))"))
      case .jobPolled(let body)
      where body.reading == .unknown && body.request != .cancel
        && (isRefusal(body.httpStatus) || body.class == .insufficientCredit):
        refusals.append(
          (event.position, "\(Spoken.answer(body.httpStatus, body.fault)) (\(body.class.name))"))
      default: break
      }
    }
    guard let last = refusals.last else { return nil }
    let isLast = story.job.answer == last.position
    var next: String?
    if story.pause != nil, isLast {
      next = NextCommand("unpause").option("provider", story.provider).text
    } else if story.isOpen, isLast {
      next = story.command("check").text
    }
    return Proof(
      .certain, refusals.map(\.position),
      """
      \(story.provider) refused us \(Spoken.times(refusals.count)), last with \(last.words): mend \
      the key or the credit there; the customer's job did nothing wrong\
      \(story.pause.map { ", and nothing more is sent since position \($0)" } ?? "").
      """,
      next: next)
  }

  /// RFC 9110, 15.5: unauthorized, payment required, forbidden.
  private static func isRefusal(_ status: UInt64?) -> Bool {
    status.map { [401, 402, 403].contains($0) } ?? false
  }
}
