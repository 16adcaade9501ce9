// The ten invariants after every step of random histories over real homes.

import Glibc
import Support
import Testing

@Suite("Invariants", .seeded) struct InvariantTests {
  /// Steps of each stream; `LEDGER_STEPS` for long runs.
  private static let steps = getenv("LEDGER_STEPS").flatMap { Int(String(cString: $0)) } ?? 2600

  @Test("the books do what the rules say, whatever is asked of them", arguments: 1...8)
  func history(_ stream: Int) throws {
    let history = try History("history \(stream)")
    while history.steps < InvariantTests.steps {
      try history.step()
      if history.steps % 400 == 0 { try history.replay() }
    }
    try history.verify()
    try history.audit()
    let cells = history.judge.cells
    print("history \(stream): \(history.steps) steps, \(cells.count) cells of the automaton")
    // a history in which nothing happens would prove nothing
    #expect(history.written > InvariantTests.steps / 4)
    #expect(history.refused > InvariantTests.steps / 10)
    #expect(history.repeated > 0 && history.crashes > 0)
    // A short history may miss a rare one, a long one must not.
    let missing = History.everyType.subtracting(history.judge.types)
    #expect(missing.count <= (InvariantTests.steps >= 20_000 ? 0 : 6), "\(missing)")
  }
}
