// No room, a failed commit, another PID namespace: nothing is acknowledged that is not safe.

import Glibc
@testable import Ledger
import Posix
import Support
import Testing

@Suite("Room and neighbours") struct RoomTests {
  @Test("below the disk floor nothing is written, reading goes on, and the floor can be lowered")
  func floor() throws {
    let home = try TemporaryHome()
    let books = try Books(home.home)
    _ = try books.append(Command(.grant("100"), actor: .cli))
    let floor = Action.setPolicy(name: "disk_floor", value: "\(UInt64.max)")
    _ = try books.append(Command(floor, actor: .cli))
    let head = try books.read { $0.head }
    do {
      _ = try books.append([Command(.submit(), actor: .cli)])
      Issue.record("it was written")
    } catch .full {
    } catch {
      Issue.record("\(error)")
    }
    #expect(try books.read { $0.head } == head)
    _ = try books.append(Command(.setPolicy(name: "disk_floor", value: nil), actor: .cli))
    _ = try books.append(Command(.submit(), actor: .cli))
    #expect(try books.read { $0.head } == head + 3)
  }

  @Test("the floor may come from the environment")
  func floorFromEnvironment() throws {
    let home = try TemporaryHome()
    let child = try Child.torture(
      "append", home.home, environment: ["LEDGER_DISK_FLOOR": "\(UInt64.max)"])
    #expect(child.wait() == 1)
    #expect(child.lines.last?.contains("nothing was written and nothing is lost") == true)
    #expect(try Books(home.home).read { $0.head } == 1)
  }

  @Test(
    "a writer whose commit failed acknowledges nothing more until it is opened again",
    arguments: CommitStage.allCases)
  func poisoned(_ stage: CommitStage) throws {
    let home = try TemporaryHome()
    var books: Books? = try Books(home.home)
    let grant = Command(.grant("100"), actor: .cli, key: "k")
    books?.interruption = { if $0 == stage { throw BooksError.busy("the disk failed") } }
    for _ in 1...3 {
      #expect(throws: BooksError.poisoned("the disk failed")) { try books?.append([grant]) }
      books?.interruption = nil
    }
    books = nil
    let reopened = try Books(home.home)
    let again = try reopened.append(grant)
    #expect(again.isRepeated == (stage != .decided), "it was there whole, or not at all")
    #expect(try reopened.read { $0.totals.granted } == Credits("100"))
    #expect(try reopened.read { $0.head } == 3)
  }

  @Test("a process of another PID namespace is refused while the home is open here")
  func namespace() throws {
    let unshare = ["unshare", "--pid", "--fork"]
    guard let probe = try? Child(unshare + ["true"]), probe.wait() == 0 else {
      return  // this machine does not let us make one
    }
    let home = try TemporaryHome()
    let books = try Books(home.home)
    let stranger = try Child.torture("append-some", home.home, under: unshare)
    #expect(stranger.wait() == 1)
    #expect(stranger.lines.last?.contains("another PID namespace") == true)
    #expect(try books.read { $0.head } == 1)
  }

  @Test("once nobody has it open, a home moves to another PID namespace")
  func namespaceMoves() throws {
    let unshare = ["unshare", "--pid", "--fork"]
    guard let probe = try? Child(unshare + ["true"]), probe.wait() == 0 else { return }
    let home = try TemporaryHome()
    _ = try Books(home.home).read { $0.head }
    let stranger = try Child.torture("append-some", home.home, under: unshare)
    #expect(stranger.wait() == 0)
    #expect(try Books(home.home).read { $0.head } > 1)
  }

  @Test("processes that find a stale list of users all get in")
  func staleUsers() throws {
    for _ in 1...5 {
      let home = try TemporaryHome()
      try FileSystem.replace(home.path("USERS"), with: Array("pid:[1] another-boot".utf8))
      let children = try (1...6).map { try Child.torture("append-some", home.home, "p\($0 % 2)") }
      for child in children { #expect(child.wait() == 0, "\(child.lines.last ?? "")") }
    }
  }
}
