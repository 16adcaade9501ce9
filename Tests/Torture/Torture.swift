// A small process that does one thing to a home, to be killed, run in numbers, and looked at from
// outside. Built for the tests only.

import Glibc
import Ledger
import Wire

/// `ledger-torture create|append|... HOME [NAME]` and `ledger-torture worlds DIRECTORY SEED COUNT
/// [DEEDS]`; answers on standard output, one line a time, each with one `write`.
@main
enum Torture {
  static func main() {
    let arguments = CommandLine.arguments
    guard arguments.count >= 3 else { exit(64) }
    let home = Home(arguments[2])
    do {
      switch arguments[1] {
      case "create": try create(home)
      case "append": try append(home, name: arguments.count > 3 ? arguments[3] : "w")
      case "append-some": try append(home, name: arguments.count > 3 ? arguments[3] : "w", 60)
      case "read": try read(home)
      case "forget": try forget(home)
      case "backup": try backUp(home, to: arguments[3])
      case "worlds": worlds(in: arguments[2], arguments.dropFirst(3).compactMap { Int($0) })
      case "restore": try restore(home, from: arguments[3])
      case "flips": try flips(home)
      case "power": try power(home, checkpoint: arguments[3])
      case "judge": judge(lines: arguments[2])
      case "plant": try plant(home, seed: arguments[3])
      default: exit(64)
      }
    } catch let error as BooksError {
      say("error \(error)")
      exit(1)
    } catch {
      say("unexpected \(error)")
      exit(2)
    }
  }

  private static func create(_ home: Home) throws {
    do {
      try Books.create(home, program: "torture", by: nil)
      say("created")
    } catch BooksError.alreadyInitialised {
      say("exists")
    }
  }

  /// Appends groups and says which positions were acknowledged: `ack POSITION HASH`.
  private static func append(_ home: Home, name: String, _ count: Int = .max) throws {
    let books = try Books(home)
    say("open")
    for number in 0..<count {
      let id = "\(name)-\(number)"
      for commands in batches(id, number) {
        for result in try books.append(commands) {
          guard case .success(let receipt) = result else { continue }
          say(acknowledgement(receipt))
        }
      }
    }
  }

  /// `ack POSITION HASH`, a line for each event.
  static func acknowledgement(_ receipt: Receipt) -> String {
    receipt.events.map { "ack \($0.position) \(Hex.text($0.hash.bytes))" }.joined(separator: "\n")
  }

  /// A grant and a job's life in a few commits of different sizes.
  static func batches(_ id: String, _ number: Int) -> [[Command]] {
    var success = Observation(source: .poll(.status), word: "succeeded", reading: .succeeded)
    success.outputs = [.init(url: "https://files.example/\(id)")]
    let now = Timestamp(microseconds: 1)
    let submission = Submission(
      id: id, account: "acme", provider: "replicate", hold: Credits(micros: 3),
      input: ["prompt": .string(String(repeating: "x", count: number % 3000))])
    let life: [Action] = [
      .submit(submission), .job(id, .startDispatch(DispatchStart(nextAt: now))),
      .job(
        id, .accept(Acceptance(via: .submit, handle: FoundHandle(externalID: id), nextAt: now))),
      .job(id, number % 3 == 0 ? .cancel(reason: nil) : .observe(success)),
    ]
    let grant = Command(.grant(Grant(account: "acme", amount: Credits(micros: 4))), actor: .cli)
    let commands = life.map { Command($0, actor: .poller, by: id) }
    return number % 2 == 0
      ? [[grant] + commands] : [[grant], Array(commands[..<2]), Array(commands[2...])]
  }

  /// Writes text and erases it, again and again.
  private static func forget(_ home: Home) throws {
    let books = try Books(home)
    say("open")
    while true {
      let grant = Grant(account: "gone", amount: Credits(micros: 1), reason: "canary-8f3a91")
      _ = try books.append(Command(.grant(grant), actor: .cli))
      let report = try books.forget(account: "gone", reason: nil, actor: .cli, by: nil)
      say("erased \(report.position)")
    }
  }

  private static func backUp(_ home: Home, to directory: String) throws {
    say("backup \(try Books(home).backUp(to: directory).position)")
  }

  private static func restore(_ home: Home, from directory: String) throws {
    let report = try Books.restore(
      home, from: directory, acceptsLoss: true, actor: .cli, by: nil)
    say("restored \(report.position)")
  }

  /// Reads the head again and again; it never goes back.
  private static func read(_ home: Home) throws {
    let books = try Books(home)
    say("open")
    var head: Position = 0
    while true {
      let next = try books.read { try min($0.head, $0.log.end().position) }
      if next < head { say("error the head went back from \(head) to \(next)") }
      head = next
    }
  }

  static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
  }
}
