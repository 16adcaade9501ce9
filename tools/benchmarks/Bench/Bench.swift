// The product's side of every comparison: the same workload as the floors in C, through the real
// decisions, log and views. Each command prints one JSON line.

import Ledger
import Posix
import Wire

@main enum Bench {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 2 else { return usage() }
    let home = Home(words[1])
    let numbers = words.dropFirst(2).compactMap { Int($0) }
    switch (words[0], numbers.count) {
    case ("append", 2): try append(home, events: numbers[0], perCommit: numbers[1])
    case ("callers", 2): try callers(home, events: numbers[0], callers: numbers[1])
    case ("replay", 0): try replay(home)
    case ("verify", 0): try verify(home)
    case ("audit", 0): try audit(home)
    case ("incidents", 0): try incidents(home)
    default: usage()
    }
  }

  private static func usage() {
    print(
      """
      usage: bench append HOME EVENTS PER_COMMIT | callers HOME EVENTS CALLERS
                   replay HOME | verify HOME | audit HOME | incidents HOME
      """)
  }

  /// Every job's story, read for every diagnosis.
  private static func incidents(_ home: Home) throws {
    let books = try Books(home)
    let watch = Watch()
    let (found, head) = try books.read { snapshot in
      (
        try snapshot.incidents(
          Selector(), now: Timestamp(microseconds: Clock.wallMicroseconds())), snapshot.head
      )
    }
    watch.report("incidents", Int(head), ["incidents": .int(found.count)], home)
  }

  /// Appends the workload, at least `perCommit` events a commit.
  private static func append(_ home: Home, events: Int, perCommit: Int) throws {
    let books = try prepare(home)
    var workload = Workload(seed: 1, events: events)
    var written = 0
    var commits = 0
    var batch: [Command] = []
    var promised = 0
    let watch = Watch()
    while written < events {
      while promised < perCommit {
        let (command, count) = workload.next()
        batch.append(command)
        promised += count
      }
      for result in try books.append(batch) { written += try result.get().events.count }
      commits += 1
      promised = 0
      batch.removeAll(keepingCapacity: true)
    }
    watch.report(
      "append", written,
      ["per_commit": .int(perCommit), "events_per_commit": rounded(written, commits)], home)
  }

  /// The same by many threads, one command each at a time, through the group-commit writer.
  private static func callers(_ home: Home, events: Int, callers: Int) throws {
    let books = try prepare(home)
    let writer = Writer(books)
    let watch = Watch()
    let workers = (0..<callers).map { caller in
      let worker = Worker()
      worker.start(named: "caller") {
        var workload = Workload(seed: UInt64(caller) + 1, events: events / callers)
        var written = 0
        while written < events / callers {
          let (command, count) = workload.next()
          guard (try? writer.append(command)) != nil else { fatalError("an append failed") }
          written += count
        }
      }
      return worker
    }
    for worker in workers { worker.join() }
    writer.close()
    watch.report("callers", events, ["callers": .int(callers)], home)
  }

  private static func replay(_ home: Home) throws {
    let books = try Books(home)
    let report = try books.replay(.check)
    let rate = Double(report.events) / report.seconds
    print(
      ([
        "bench": "replay", "events": .int(report.events),
        "seconds": .number("\(report.seconds)"), "events_per_second": .int(Int(rate)),
        "equal": .bool(report.differences == []),
      ] as JSON).text)
  }

  private static func verify(_ home: Home) throws {
    let watch = Watch()
    var verification = Verification(home) { check in
      if !check.isOK {
        print((["check": .string(check.name), "detail": .string(check.detail)] as JSON).text)
      }
    }
    _ = try verification.run()
    watch.report("verify", Int(verification.events), ["ok": .bool(verification.isOK)], home)
  }

  private static func audit(_ home: Home) throws {
    let watch = Watch()
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    let report = try Audit(home, now: now).run()
    watch.report("audit", Int(report.head), ["findings": .int(report.findings)], home)
  }

  /// A new home whose accounts have more than the workload spends.
  private static func prepare(_ home: Home) throws -> Books {
    try Books.create(home, program: "bench", by: "bench")
    let books = try Books(home)
    let grants = (0..<Workload.accounts).map { number in
      Command(
        .grant(
          Grant(account: Workload.account(number), amount: Credits(micros: 1_000_000_000_000_000))),
        actor: .cli)
    }
    for result in try books.append(grants) { _ = try result.get() }
    return books
  }

  private static func rounded(_ value: Int, _ divisor: Int) -> JSON {
    .number("\((Double(value) / Double(max(divisor, 1)) * 100).rounded() / 100)")
  }
}
