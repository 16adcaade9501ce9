// The lane of the money, folded from a job's credit events.

import Wire

/// Credits from the hold to what became of them.
struct HoldLane: Sendable {
  private(set) var from: Timestamp?
  private(set) var settled: Timestamp?
  private(set) var ticks: [LaneTick] = []
  private var amount = Credits.zero
  private var sums: [(name: String, amount: Credits)] = []

  mutating func take(_ event: Event, _ at: Timestamp) {
    switch event {
    case .creditHeld(let body):
      from = from ?? at
      amount = body.amount
    case .creditCaptured(let body): settle("captured", body.amount, at)
    case .creditReleased(let body): settle("released", body.amount, at)
    case .creditRefunded(let body):
      ticks.append(LaneTick(at: at, isTrouble: false))
      add("refunded", body.amount)
    default: break
    }
  }

  private mutating func settle(_ name: String, _ amount: Credits, _ at: Timestamp) {
    settled = settled ?? at
    ticks.append(LaneTick(at: at, isTrouble: false))
    add(name, amount)
  }

  private mutating func add(_ name: String, _ amount: Credits) {
    guard let index = sums.firstIndex(where: { $0.name == name }) else {
      return sums.append((name, amount))
    }
    sums[index].amount += amount
  }

  /// `5 captured`, `3 captured, 2 released`; while nothing is settled, `5 held`.
  var words: String {
    sums.isEmpty
      ? "\(amount) held" : sums.map { "\($0.amount) \($0.name)" }.joined(separator: ", ")
  }
}
