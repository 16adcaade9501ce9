// Environments: what opening, filling and leaving them comes to.

import Glibc
@testable import LMDB
import Posix
import Testing

@Suite("Environments") struct EnvironmentTests {
  @Test("a read-only open of an empty directory says that nothing is there")
  func missing() throws {
    let directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-")
    defer { try? FileSystem.removeTree(directory) }
    var options = Environment.Options()
    options.isReadOnly = true
    let error = #expect(throws: LMDBError.self) { try Environment(directory, options) }
    #expect(error?.isMissing == true)
    #expect(error?.isDamage == false && error?.isFull == false && error?.isDenied == false)
    #expect(error?.description == "mdb_env_open: No such file or directory")
    #expect(try FileSystem.list(directory).filter { $0 == "data.mdb" } == [])
  }

  @Test(
    "no memory for a write is damage: a list of free pages says how much; for opening it is not",
    arguments: [("mdb_put", true), ("mdb_txn_commit", true), ("mdb_env_open", false)])
  func noMemory(_ operation: String, _ isDamage: Bool) {
    let error = LMDBError(code: ENOMEM, operation: operation)
    #expect(error.isDamage == isDamage && !error.isFull && !error.isMissing && !error.isDenied)
  }

  @Test(
    "of a file that somebody committed to, both meta pages must be there and follow one another",
    arguments: [
      (0, "page 0 cannot be read whole"), (5000, "page 1 cannot be read whole"),
      (.max, "the two meta pages do not follow one another"),
    ])
  func begun(_ kept: Int, _ words: String) throws {
    let directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-")
    defer { try? FileSystem.removeTree(directory) }
    // Opened and never committed to: both pages are of transaction 0.
    do { _ = try Environment(directory) }
    let path = directory + "/data.mdb"
    let bytes = try #require(try FileSystem.read(path))
    try FileSystem.replace(path, with: Array(bytes.prefix(kept)))
    var options = Environment.Options()
    options.isBegun = true
    let error = #expect(throws: LMDBError.self) { try Environment(directory, options) }
    #expect(error?.isDamage == true && error?.description == "data.mdb: \(words)")
  }

  @Test("a missing directory is missing for a writer too")
  func missingDirectory() {
    let error = #expect(throws: LMDBError.self) { try Environment("/tmp/ledger-test-none/x") }
    #expect(error?.isMissing == true)
  }

  @Test("a file that LMDB did not write is damage")
  func foreignFile() throws {
    let directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-")
    defer { try? FileSystem.removeTree(directory) }
    try FileSystem.replace(
      directory + "/data.mdb", with: [UInt8](repeating: 0x41, count: 1 << 16))
    let error = #expect(throws: LMDBError.self) { try Environment(directory) }
    #expect(error?.isDamage == true)
  }

  @Test("what was committed is there when the file is opened again")
  func reopen() throws {
    let directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-")
    defer { try? FileSystem.removeTree(directory) }
    func write() throws {
      let environment = try Environment(directory)
      let writing = try environment.write()
      let table = try Table("t", keys: .integers, in: writing)
      try writing.append(table, 1, bytes("one").span.bytes)
      try writing.commit()
    }
    try write()
    var options = Environment.Options()
    options.isReadOnly = true
    let environment = try Environment(directory, options)
    let reading = try environment.read()
    let table = try Table("t", keys: .integers, in: reading)
    #expect(try reading.text(table, 1) == "one")
    #expect(throws: LMDBError.self) { _ = try environment.write() }
  }

  @Test("a full map is full: the transaction leaves nothing and the next one has room")
  func full() throws {
    var options = Environment.Options()
    options.mapSize = 64 * 4096
    let place = try Place(options)
    try place.put(1, "kept")
    func fill() throws {
      let writing = try place.environment.write()
      let value = [UInt8](repeating: 1, count: 2000)
      for key in 2..<10_000 as Range<UInt64> {
        try writing.append(place.numbers, key, value.span.bytes)
      }
      try writing.commit()
    }
    let error = #expect(throws: LMDBError.self) { try fill() }
    #expect(error?.isFull == true)
    #expect(error?.isDamage == false && error?.isMissing == false)
    #expect(try place.environment.read().keys(place.numbers) == [1])
    try place.put(2, "fits")
    #expect(try place.environment.read().keys(place.numbers) == [1, 2])
  }

  @Test("a killed reader's slot is freed, a living one's is not")
  func deadReaders() async throws {
    // Opened here first: the table of readers lives as long as somebody has it open.
    let place = try makePlace()
    let directory = place.directory
    await #expect(processExitsWith: .signal(SIGKILL)) { [directory = directory as String] in
      try readAndDie(directory)
    }
    let (freed, again) = try clear(place)
    #expect(freed == 1)
    #expect(again == 0)
  }

  @Test("a flush and the numbers of an environment")
  func info() throws {
    let place = try Place()
    let before = try place.environment.info()
    for key in 1...50 as ClosedRange<UInt64> {
      try place.put(key, String(repeating: "x", count: 3000))
    }
    try place.environment.flush()
    let after = try place.environment.info()
    #expect(after.lastTransaction == before.lastTransaction + 50)
    #expect(after.usedBytes >= before.usedBytes + 50 * 3000)
    let size = try #require(try FileSystem.status(place.directory + "/data.mdb")).size
    #expect(Int(size) >= after.usedBytes)
  }
}

// Blocking calls are not for async functions; exit tests are async.

private func makePlace() throws -> Place { try Place() }

private func readAndDie(_ directory: String) throws {
  let environment = try Environment(directory)
  let reading = try environment.read()
  _ = kill(getpid(), SIGKILL)
  _ = consume reading
}

/// Slots freed at once and at a second look, while this process reads.
private func clear(_ place: Place) throws -> (Int, Int) {
  let reading = try place.environment.read()
  let freed = try place.environment.clearDeadReaders()
  let again = try place.environment.clearDeadReaders()
  #expect(try reading.keys(place.numbers) == [])
  return (freed, again)
}
