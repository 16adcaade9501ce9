// How much may be asked of a provider at once, and when it wants to be left alone.

package import Wire

/// Requests in flight by provider. Pure.
package struct Traffic {
  private struct Count {
    var all = 0
    var submits = 0
  }

  private struct Lane: Hashable {
    let provider: String
    let isSubmit: Bool
  }

  /// Requests in flight, or about to be.
  package private(set) var total = 0
  private var counts: [String: Count] = [:]
  /// Rate limits are the whole account's: one job's "later" is every job's.
  private var quietUntil: [Lane: Timestamp] = [:]

  package init() {}

  /// Whether one more request may start.
  /// - Parameter limit: the provider's requests at once. One of them is kept from submits, so that
  ///   submits that block for minutes cannot keep running jobs from being looked at.
  package func hasRoom(
    _ provider: String, isSubmit: Bool, limit: Int, now: Timestamp
  ) -> Bool {
    if let time = quietUntil[Lane(provider: provider, isSubmit: isSubmit)], now < time {
      return false
    }
    let count = counts[provider] ?? Count()
    return count.all < limit && !(isSubmit && count.submits >= max(1, limit - 1))
  }

  package mutating func begin(_ provider: String, isSubmit: Bool) {
    total += 1
    counts[provider, default: Count()].all += 1
    if isSubmit { counts[provider]?.submits += 1 }
  }

  package mutating func end(_ provider: String, isSubmit: Bool) {
    total -= 1
    counts[provider]?.all -= 1
    if isSubmit { counts[provider]?.submits -= 1 }
    if counts[provider]?.all == 0 { counts[provider] = nil }
  }

  /// No such request before `time`.
  package mutating func quieten(_ provider: String, isSubmit: Bool, until time: Timestamp) {
    let lane = Lane(provider: provider, isSubmit: isSubmit)
    quietUntil[lane] = max(time, quietUntil[lane] ?? time)
  }

  /// When the first quiet time ends; nil when there is none.
  package mutating func nextLoud(after now: Timestamp) -> Timestamp? {
    quietUntil = quietUntil.filter { $0.value > now }
    return quietUntil.values.min()
  }
}
