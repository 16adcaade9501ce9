// How long commits take until they are durable: what a slow disk shows first.

import Synchronization

/// A histogram of commits. Added to by whoever commits, read by anybody.
package final class CommitTimes: Sendable {
  /// Upper bounds, seconds: from a fast NVMe's flush to a disk in trouble.
  package static let bounds = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]

  /// What was counted so far.
  package struct Reading: Sendable {
    /// Commits per bound, each counted once, under the first bound that it does not exceed; the
    /// last count is of those above all bounds.
    package fileprivate(set) var counts = [UInt64](
      repeating: 0, count: CommitTimes.bounds.count + 1)
    package fileprivate(set) var sumSeconds = 0.0
  }

  private let reading = Mutex(Reading())

  init() {}

  package var now: Reading { reading.withLock { $0 } }

  func add(seconds: Double) {
    let place = CommitTimes.bounds.firstIndex { seconds <= $0 } ?? CommitTimes.bounds.count
    reading.withLock { reading in
      reading.counts[place] += 1
      reading.sumSeconds += seconds
    }
  }
}
