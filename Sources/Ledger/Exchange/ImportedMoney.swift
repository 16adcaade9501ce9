// Amounts of a foreign file before they are added up: sums that overflow end the program, and the
// door that bounds amounts of commands is not the one that a file comes through.

import Wire

/// How much a file has moved in all, by kind of movement. A sum of an account, a bucket or the
/// totals takes amounts of one kind only, so none can pass what is counted here.
struct ImportedMoney {
  private var moved: [Movement.Kind: Credits] = [:]
  private var writtenOff: Credits = .zero

  /// - Throws: a `Flaw`: lines that are not the amount, or more than the books can count.
  mutating func check(_ event: RecordedEvent) throws(Flaw) {
    switch event.event {
    case .jobRecovered(let body): try add(body.writtenOff ?? .zero, to: &writtenOff)
    case .accountOpened(let body): try checkSign(body.limit ?? .zero)
    case .accountLimitSet(let body): try checkSign(body.limit)
    case .jobSubmitted(let body): try checkSign(body.hold)
    default: break
    }
    guard let movement = Movement(event) else { return }
    var sum: Int64 = 0
    for line in movement.lines {
      if movement.kind != .adjusted { try checkSign(line.amount) }
      try add(line.amount, to: &moved[movement.kind, default: .zero])
      sum += line.amount.micros
    }
    guard sum == movement.amount.micros else { throw Flaw("lines and amount differ") }
  }

  private func add(_ amount: Credits, to sum: inout Credits) throws(Flaw) {
    let next = sum + Credits(micros: Int64(amount.micros.magnitude))
    guard next <= Credits.sumLimit else {
      throw Flaw("all amounts together are more than the books can count")
    }
    sum = next
  }

  private func checkSign(_ amount: Credits) throws(Flaw) {
    guard amount >= .zero else { throw Flaw("an amount below zero") }
  }
}
