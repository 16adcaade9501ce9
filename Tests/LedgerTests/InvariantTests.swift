// The ten invariants after every step of random histories over real homes.

import Glibc
import Judge
import Ledger
import Support
import Synchronization
import Testing

@Suite("Invariants", .seeded) struct InvariantTests {
  private static let streams = 1...8
  /// What the streams that are done have written.
  private static let seen = Mutex<(types: Set<EventType>, streams: Int)>(([], 0))

  /// Steps of each stream; `LEDGER_STEPS` for long runs.
  private static let steps = getenv("LEDGER_STEPS").flatMap { Int(String(cString: $0)) } ?? 2600

  @Test("the books do what the rules say, whatever is asked of them", arguments: streams)
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
    // A short history may miss a rare type; all of them together must not, nor a long one alone.
    let (written, isLast) = InvariantTests.seen.withLock { seen in
      seen.types.formUnion(history.judge.types)
      seen.streams += 1
      return (seen.types, seen.streams == InvariantTests.streams.count)
    }
    if InvariantTests.steps >= 20_000 {
      #expect(History.everyType.subtracting(history.judge.types) == [])
    }
    if isLast, InvariantTests.steps >= 2600 {
      #expect(History.everyType.subtracting(written) == [])
    }
  }
}
