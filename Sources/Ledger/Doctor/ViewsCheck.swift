// The views: a cache, but a slow one to be without.

/// How the serving generation stands to the log.
struct ViewsCheck: Sendable {
  /// Views that are further behind make the next reader wait.
  static let behindMax: UInt64 = 100_000

  /// The generation that serves and how far it is; nil when there is none to trust.
  var serving: (generation: UInt64, position: Position)?
  var end: Position

  var finding: HealthFinding {
    guard let serving else {
      return HealthFinding(
        "views", .warn,
        "there are none to trust: the next to open the home builds them from "
          + "\(Rough.count(end, "event"))", do: "ledger replay")
    }
    let behind = end - min(end, serving.position)
    let words = "generation \(serving.generation) at position \(serving.position) of \(end)"
    return behind > ViewsCheck.behindMax
      ? HealthFinding("views", .warn, "\(words), \(behind) behind", do: "ledger replay")
      : HealthFinding("views", .ok, words)
  }
}
