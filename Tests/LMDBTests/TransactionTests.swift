// Transactions: what is seen, what is left behind, and what must never be done with them.

import Foundation
import LMDB
import Posix
import Testing

@Suite("Transactions") struct TransactionTests {
  @Test("a reader sees its moment, whatever is written meanwhile")
  func isolation() throws {
    let place = try Place()
    try place.put(1, "before")
    let reading = try place.environment.read()
    try place.put(1, "after")
    try place.put(2, "new")
    #expect(try reading.text(place.numbers, 1) == "before")
    #expect(try reading.keys(place.numbers) == [1])
    let later = try place.environment.read()
    #expect(try later.text(place.numbers, 1) == "after")
    #expect(try later.keys(place.numbers) == [1, 2])
    #expect(later.id == reading.id + 2)
  }

  @Test("a transaction that is not committed leaves nothing")
  func abort() throws {
    let place = try Place()
    try place.put(1, "kept")
    func abandon() throws {
      let writing = try place.environment.write()
      try writing.put(place.numbers, 1, bytes("lost").span.bytes)
      try writing.put(place.numbers, 2, bytes("lost").span.bytes)
      #expect(try writing.keys(place.numbers) == [1, 2])
    }
    try abandon()
    let reading = try place.environment.read()
    #expect(try reading.text(place.numbers, 1) == "kept")
    #expect(try reading.keys(place.numbers) == [1])
    // The next writer is not kept waiting.
    try place.put(3, "next")
  }

  @Test("a table opened by a reader that finished is good in later transactions")
  func tableFromReader() throws {
    let place = try Place()
    try place.put(1, "one")
    let first = try place.environment.read()
    let table = try Table("numbers", keys: .integers, in: first)
    try first.finish()
    #expect(try place.environment.read().text(table, 1) == "one")
  }

  @Test("a table that does not exist is refused to a reader")
  func missingTable() throws {
    let place = try Place()
    let reading = try place.environment.read()
    #expect(throws: LMDBError.self) { try Table("nothing", keys: .bytes, in: reading) }
  }

  @Test("committing on another thread is a crash, not a hang at the next writer")
  func strayCommit() async {
    await #expect(processExitsWith: .failure) { try commitElsewhere() }
  }

  @Test("dropping a write transaction on another thread is a crash too")
  func strayAbort() async {
    await #expect(processExitsWith: .failure) { try dropElsewhere() }
  }

  @Test("on its own thread the same program ends well")
  func ownThread() async {
    await #expect(processExitsWith: .success) { try commitHere() }
  }
}

/// Carries a transaction where the compiler would not let it go.
///
/// `@unchecked Sendable`: that is the misuse under test; one thread waits for the other.
private final class Carrier: @unchecked Sendable {
  var transaction: WriteTransaction?
  let place: Place

  init() throws {
    place = try Place()
    transaction = try place.environment.write()
    // The process will not live to tidy up; the open files stay good without their names.
    try FileSystem.removeTree(place.directory)
  }

  func onAnotherThread(_ body: @escaping @Sendable (Carrier) -> Void) {
    let done = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      body(self)
      done.signal()
    }
    done.wait()
  }
}

private func commitElsewhere() throws {
  try Carrier().onAnotherThread { try? $0.transaction.take()?.commit() }
}

private func dropElsewhere() throws {
  try Carrier().onAnotherThread { $0.transaction = nil }
}

private func commitHere() throws {
  let carrier = try Carrier()
  try carrier.transaction.take()?.commit()
}
