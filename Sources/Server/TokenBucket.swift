// How often one may ask: so many a second, and a burst of twice as many. Pure.

import Wire

struct TokenBucket: Sendable {
  private let perSecond: Double
  private var left: Double
  private var filledAt: Timestamp

  init(perSecond: Int, _ now: Timestamp) {
    self.perSecond = Double(perSecond)
    left = 2 * Double(perSecond)
    filledAt = now
  }

  /// Takes one; else says how many seconds to wait.
  mutating func take(_ now: Timestamp) -> Double {
    left = min(2 * perSecond, left + max(0, now.seconds(since: filledAt)) * perSecond)
    filledAt = now
    guard left >= 1 else { return (1 - left) / perSecond }
    left -= 1
    return 0
  }
}
