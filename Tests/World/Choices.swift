// Every decision of a simulated world, in order: drawn from a seed, or given. What is given can be
// cut and made plainer, which is how the shortest history that still fails is found.

import Wire

/// The source of all chance of one world. 0 is always the plainest choice.
package final class Choices {
  /// Numbers decided so far.
  package private(set) var made: [Int] = []
  private var random: SplitMix64
  private let given: [Int]?

  /// Choices under a seed.
  package init(seed: UInt64) {
    random = SplitMix64(seed: seed)
    given = nil
  }

  /// These choices, and the plainest ones after them.
  package init(_ given: [Int]) {
    random = SplitMix64(seed: 0)
    self.given = given
  }

  /// A number from 0 to `count` − 1.
  func below(_ count: Int) -> Int {
    let number: Int
    if let given {
      number = made.count < given.count ? min(given[made.count], count - 1) : 0
    } else {
      number = Int(random.next() % UInt64(count))
    }
    made.append(number)
    return number
  }

  /// True once in so many; never among the plainest.
  func happens(onceIn count: Int) -> Bool { below(count) == count - 1 }

  func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}
