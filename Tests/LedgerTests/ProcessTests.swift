// Many at once: threads, processes, and somebody who deletes the views under them.

import Glibc
@testable import Ledger
import Posix
import Support
import Synchronization
import Testing
import Wire

@Suite("Many at once", .seeded) struct ProcessTests {
  @Test("several processes append to one home; all is there, once", arguments: [2, 4])
  func writers(_ count: Int) throws {
    let home = try TemporaryHome()
    // the last two give the same commands: each is done once and answered twice
    let children = try (1...count).map {
      try Child.torture("append-some", home.home, "p\(min($0, count - 1))")
    }
    var acknowledged = Acknowledged()
    for child in children {
      #expect(child.wait() == 0)
      try acknowledged.collect(child)
    }
    try acknowledged.check(home.home)
  }

  @Test("two that have one home open take turns, and each knows what the other wrote")
  func turns() throws {
    let home = try TemporaryHome()
    let both = [try Books(home.home), try Books(home.home)]
    var random = Seed.generator(for: "turns")
    for number in 1...120 {
      let books = both[Int.random(in: 0...1, using: &random)]
      if number % 7 == 0 {
        // The log has it, and the views do not: the next one to write folds it first.
        books.interruption = { if $0 == .witnessed { throw BooksError.busy("killed") } }
        #expect(throws: BooksError.self) {
          try books.append(
            Command(.grant(Grant(account: "acme", amount: Credits(micros: 1))), actor: .cli))
        }
        books.interruption = nil
        books.poison = nil
      } else {
        _ = try books.append(
          Command(.grant(Grant(account: "acme", amount: Credits(micros: 1))), actor: .cli))
      }
      let granted = try books.read { try $0.accountStatus("acme")?.account.granted }
      #expect(granted == Credits(micros: Int64(number)))
    }
    #expect(try both[0].replay(.check).differences == [])
  }

  @Test("the views may be deleted at any moment: writers and readers go on")
  func deletedViews() throws {
    var random = Seed.generator(for: "deleted views")
    let home = try TemporaryHome()
    let writers = try ["a", "b"].map { try Child.torture("append-some", home.home, $0) }
    let reader = try Child.torture("read", home.home)
    for number in 1...40 {
      usleep(UInt32.random(in: 0...15_000, using: &random))
      switch number % 3 {
      case 0: try? FileSystem.rename(home.path("views"), to: home.path("old-\(number)"))
      case 1: try? FileSystem.remove(home.path("views/CURRENT"))
      default:
        for name in try FileSystem.list(home.path("views")) where name != "CURRENT" {
          try? FileSystem.removeTree(home.path("views/\(name)"))
        }
      }
    }
    var acknowledged = Acknowledged()
    for writer in writers {
      #expect(writer.wait() == 0, "\(writer.lines.last ?? "")")
      try acknowledged.collect(writer)
    }
    reader.kill()
    #expect(reader.lines == ["open"])
    try acknowledged.check(home.home)
  }

  @Test("of several that make one home exactly one does")
  func creators() throws {
    for _ in 1...10 {
      let home = try TemporaryHome(isCreated: false)
      let children = try (1...6).map { _ in try Child.torture("create", home.home) }
      for child in children { #expect(child.wait() == 0) }
      #expect(
        children.flatMap(\.lines).sorted() == ["created"] + Array(repeating: "exists", count: 5))
      _ = try Books(home.home)
    }
  }

  @Test("64 callers with one idempotency key make one job", arguments: [false, true])
  func oneKey(_ isQueued: Bool) throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    let writer = isQueued ? Writer(books) : nil
    _ = try books.append(Command(.grant("100"), actor: .cli))
    let receipts = Mutex<[Receipt]>([])
    let workers = (1...64).map { _ in Worker() }
    for worker in workers {
      worker.start(named: "caller") {
        let command = Command(.submit(input: ["prompt": "x"]), actor: .api, key: "order-1")
        let receipt = try? writer?.append(command) ?? books.append(command)
        if let receipt { receipts.withLock { $0.append(receipt) } }
      }
    }
    for worker in workers { worker.join() }
    writer?.close()
    let all = receipts.withLock { $0 }
    #expect(all.count == 64)
    #expect(all.filter { !$0.isRepeated }.count == 1)
    #expect(Set(all.map(\.position)).count == 1)
    #expect(try books.read { $0.totals.count(.submitted) } == 1)
    #expect(try books.read { $0.totals.held } == Credits("5"))
  }

  @Test("64 callers with different commands are all served, each once")
  func manyKeys() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    let writer = Writer(books)
    _ = try writer.append(Command(.grant("1000"), actor: .cli))
    let workers = (1...64).map { _ in Worker() }
    for (number, worker) in workers.enumerated() {
      worker.start(named: "caller") {
        for turn in 0..<5 {
          let command = Command(.submit("j-\(number)-\(turn)", hold: "1"), actor: .api)
          _ = try? writer.append(command)
        }
      }
    }
    for worker in workers { worker.join() }
    writer.close()
    #expect(try books.read { $0.totals.count(.submitted) } == 320)
    #expect(throws: BooksError.self) {
      try writer.append(Command(.submit("late", hold: "1"), actor: .api))
    }
  }
}
