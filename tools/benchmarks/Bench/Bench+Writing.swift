// Appending: one caller with large commits, many callers with one command each, jobs to be polled.

import Ledger
import Posix
import Synchronization
import Wire

extension Bench {
  /// Appends the workload, at least `perCommit` events a commit, whole commands.
  static func append(_ home: Home, events: Int, perCommit: Int, seed: UInt64) throws {
    let books = try prepare(home)
    var workload = Workload(seed: seed, events: events)
    var written = 0
    var head: Position = 0
    var batch: [Command] = []
    let watch = Watch()
    while written < events {
      var promised = 0
      while promised < perCommit {
        let (command, count) = workload.next()
        batch.append(command)
        promised += count
      }
      for result in try books.append(batch) {
        let receipt = try result.get()
        written += receipt.events.count
        head = receipt.position
      }
      batch.removeAll(keepingCapacity: true)
    }
    watch.report(
      "append", written,
      ["head": .int(head), "jobs": .int(workload.jobs), "held": .number("\(workload.held)")])
  }

  /// The same by many threads, one command each at a time, through the group-commit writer.
  static func callers(_ home: Home, events: Int, callers: Int, seed: UInt64) throws {
    let books = try prepare(home)
    let writer = Writer(books)
    let each = (events + callers - 1) / callers
    let waits = Mutex<[Int64]>([])
    let total = Atomic(0)
    let watch = Watch()
    let workers = (0..<callers).map { caller in
      let worker = Worker()
      worker.start(named: "caller") {
        var workload = Workload(seed: seed + UInt64(caller), events: each)
        var written = 0
        var own: [Int64] = []
        while written < each {
          let (command, count) = workload.next()
          let start = Clock.bootMicroseconds()
          guard (try? writer.append(command)) != nil else { fatalError("an append failed") }
          own.append(Clock.bootMicroseconds() - start)
          written += count
        }
        waits.withLock { $0 += own }
        total.add(written, ordering: .relaxed)
      }
      return worker
    }
    for worker in workers { worker.join() }
    let sorted = waits.withLock { $0.sorted() }
    watch.report(
      "callers", total.load(ordering: .relaxed),
      [
        "callers": .int(callers), "p50_ms": milliseconds(sorted, 50),
        "p99_ms": milliseconds(sorted, 99),
      ])
    writer.close()
  }

  /// Jobs that a provider has and nobody has asked about yet, for the poller.
  static func track(_ home: Home, jobs: Int) throws {
    let books = try prepare(home)
    let watch = Watch()
    for start in stride(from: 0, to: jobs, by: 1000) {
      let commands = (start..<min(start + 1000, jobs)).map { number in
        let submission = Submission(
          id: "job-\(number)", account: Workload.account(number % Workload.accounts),
          provider: "replicate", hold: Credits(micros: 0))
        let handle = FoundHandle(
          externalID: "p\(number)", patienceMilliseconds: 86_400_000)
        return Command(
          .track(Tracking(submission: submission, hasHold: true, handle: handle)), actor: .cli)
      }
      for result in try books.append(commands) { _ = try result.get() }
    }
    let head = try books.read { $0.head }
    watch.report("track", Int(head), ["jobs": .int(jobs)])
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

  private static func milliseconds(_ sorted: [Int64], _ percent: Int) -> JSON {
    .number("\(Double(sorted[(sorted.count - 1) * percent / 100]) / 1000)")
  }
}
