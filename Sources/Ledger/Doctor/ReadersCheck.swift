// Who reads, and what they pin: pages that a reader may still see cannot be used again, and the
// file grows meanwhile (measured: from 1.9 to 316 MB).

import LMDB

/// The reader tables of both files.
struct ReadersCheck: Sendable {
  /// A state so many commits old is held by a reader that forgot to let go.
  static let commitsMax: UInt64 = 10_000

  struct File: Sendable {
    let name: String
    let slots: [ReaderSlot]
    let lastTransaction: UInt64
  }

  var files: [File]
  /// Whether a process lives.
  var isAlive: @Sendable (Int32) -> Bool

  var findings: [HealthFinding] {
    var found: [HealthFinding] = []
    for file in files {
      let gone = Set(file.slots.map(\.processID)).filter { !isAlive($0) }.sorted()
      if !gone.isEmpty {
        let names = gone.prefix(5).map { "\($0)" }.joined(separator: ", ")
        found.append(
          HealthFinding(
            "readers", .warn,
            "\(file.name): slots of processes that are gone (\(names)); the next "
              + "to open the home frees them", do: "ledger status"))
      }
      let living = file.slots.filter { !gone.contains($0.processID) && $0.transaction != nil }
      guard let oldest = living.min(by: { $0.transaction ?? 0 < $1.transaction ?? 0 }) else {
        continue
      }
      let behind = file.lastTransaction - min(file.lastTransaction, oldest.transaction ?? 0)
      if behind > ReadersCheck.commitsMax {
        found.append(
          HealthFinding(
            "readers", .warn,
            "\(file.name): process \(oldest.processID) reads a state \(behind) "
              + "commits old, and the file grows meanwhile", do: "ps -p \(oldest.processID)"))
      }
    }
    guard found.isEmpty else { return found }
    let count = files.reduce(0) { $0 + $1.slots.count }
    return [HealthFinding("readers", .ok, "\(Rough.count(count, "slot")) in use, none forgotten")]
  }
}
