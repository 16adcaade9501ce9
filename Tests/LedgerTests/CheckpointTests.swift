// A log rewritten with every hash, checksum and HEAD made new is sound to look at; held against a
// checkpoint that was kept elsewhere it is not (FAULTS, F9).

import Glibc
@testable import Ledger
import LMDB
import Posix
import Support
import Testing
import Wire

@Suite("Checkpoints", .seeded) struct CheckpointTests {
  /// Forgeries of each kind; `LEDGER_FORGERIES` for long runs.
  private static let forgeries =
    getenv("LEDGER_FORGERIES").flatMap { Int(String(cString: $0)) } ?? 40

  /// A closed home with a dozen groups, and its checkpoint.
  private func signed() throws -> (home: TemporaryHome, checkpoint: Checkpoint) {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    for number in 1...12 { try Canary.run(books, .grant("\(number)", to: "a\(number % 3)")) }
    return (home, try books.signCheckpoint(actor: .cli, by: "tester").checkpoint)
  }

  /// What `verify` says of the checkpoint; nil when all is well.
  private func complaint(
    _ home: TemporaryHome, _ checkpoint: Checkpoint, trusted: [UInt8]? = nil
  ) throws -> String? {
    var failed: [VerifyCheck] = []
    var verification = Verification(
      home.home, against: CheckpointCheck(checkpoint, trusted: trusted)
    ) { if !$0.isOK { failed.append($0) } }
    _ = try verification.run()
    let others = failed.filter { $0.name != "checkpoint" }
    #expect(others == [], "only the checkpoint sees it")
    return failed.first { $0.name == "checkpoint" }?.detail
  }

  @Test("the log that was signed is the one, then and after it grew; the key is its owner's alone")
  func sound() throws {
    let (home, checkpoint) = try signed()
    #expect(try complaint(home, checkpoint) == nil)
    #expect(try complaint(home, checkpoint, trusted: checkpoint.publicKey) == nil)
    let books = try Books(home.home)
    try Canary.run(books, .grant("1"))
    let second = try books.signCheckpoint(actor: .cli, by: nil).checkpoint
    #expect(second.publicKey == checkpoint.publicKey && second.position > checkpoint.position)
    #expect(try complaint(home, checkpoint) == nil)
    #expect(try FileSystem.status(home.path("keys/checkpoint"))?.permissions == 0o600)
    #expect(try FileSystem.status(home.path("keys"))?.permissions == 0o700)
    chmod(home.path("keys/checkpoint"), 0o640)
    #expect(throws: BooksError.self) { try books.signCheckpoint(actor: .cli, by: nil) }
  }

  @Test("the file comes back as it was written; what is no checkpoint is none")
  func file() throws {
    let (_, checkpoint) = try signed()
    #expect(Checkpoint(checkpoint.json.bytes) == checkpoint)
    for text in ["", "{}", "null", #"{"format":"ledger-checkpoint-1"}"#] {
      #expect(Checkpoint(Array(text.utf8)) == nil)
    }
    #expect(Checkpoint([UInt8](repeating: 0x20, count: 5000) + checkpoint.json.bytes) == nil)
  }

  @Test("no member of the file can be changed without breaking the signature")
  func changedFile() throws {
    let (home, checkpoint) = try signed()
    let changes: [(String, JSON)] = [
      ("incarnation", 0), ("at_position", 3), ("signed_at", "2020-01-01T00:00:00Z"),
      ("chain_hash", .string(String(repeating: "0", count: 64))),
      ("ledger_id", .string(String(repeating: "0", count: 32))),
      ("signature", .string(String(repeating: "0", count: 128))),
    ]
    for (name, value) in changes {
      var json = try #require(checkpoint.json.object)
      json[name] = value
      let changed = try #require(Checkpoint(JSON.object(json).bytes))
      #expect(try complaint(home, changed)?.contains("its signature is wrong") == true, "\(name)")
    }
  }

  @Test("another key, another ledger and no key at all are told apart")
  func strangers() throws {
    let (home, checkpoint) = try signed()
    let (other, foreign) = try signed()
    #expect(try complaint(home, foreign)?.contains("signed with another key") == true)
    #expect(
      try complaint(home, foreign, trusted: foreign.publicKey)?.contains("another ledger") == true)
    try FileSystem.removeTree(other.path("keys"))
    #expect(try complaint(other, checkpoint)?.contains("no key") == true)
  }

  /// What somebody does who can write every file and knows every format.
  enum Forgery: CaseIterable { case edit, delete, insert, reorder, cut }

  @Test(
    "an edited, shortened, lengthened, reordered or cut log with new hashes and HEAD is detected",
    arguments: Forgery.allCases)
  func forged(_ forgery: Forgery) throws {
    var random = Seed.generator(for: "forgery \(forgery)")
    let home = try TemporaryHome()
    let beginning = try files(of: home)
    let story = (1...12).map { ("a\($0 % 3)", "\($0)") }
    try tell(story, home)
    let checkpoint = try Books(home.home).signCheckpoint(actor: .cli, by: nil).checkpoint
    for _ in 1...CheckpointTests.forgeries {
      var other = story
      let index = Int.random(in: 0..<story.count - 1, using: &random)
      switch forgery {
      case .edit: other[index].1 += ".000001"
      case .delete: other.remove(at: index)
      case .insert: other.insert(("a0", "1000"), at: index)
      case .reorder: other.swapAt(index, index + 1)
      case .cut: other.removeLast(story.count - index)
      }
      // The same ledger from its first event on, written by the program itself: all is sound.
      try put(beginning, home)
      try tell(other, home)
      let complaint = try #require(try complaint(home, checkpoint))
      #expect(
        complaint.contains("newer than the log") || complaint.contains("not the ones"),
        "\(complaint)")
      if forgery == .cut { #expect(complaint.contains("newer than the log"), "\(complaint)") }
    }
  }

  private func tell(_ story: [(String, String)], _ home: TemporaryHome) throws {
    let books = try Books(home.home)
    for (account, amount) in story { try Canary.run(books, .grant(amount, to: account)) }
  }

  private func files(of home: TemporaryHome) throws -> [(String, [UInt8])] {
    try ["log/data.mdb", "HEAD"].map { name in
      (name, try #require(try FileSystem.read(home.path(name), limit: 1 << 28)))
    }
  }

  private func put(_ files: [(String, [UInt8])], _ home: TemporaryHome) throws {
    try FileSystem.removeTree(home.path("views"))
    try FileSystem.remove(home.path("log/lock.mdb"))
    for (name, bytes) in files { try FileSystem.replace(home.path(name), with: bytes) }
  }
}
