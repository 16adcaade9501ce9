// Reading a home that was filled before: rebuilding, checking, asking about the past.

import Ledger
import Posix
import Wire

extension Bench {
  static func replay(_ home: Home) throws {
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

  static func verify(_ home: Home) throws {
    let watch = Watch()
    var verification = Verification(home) { check in
      if !check.isOK {
        print((["check": .string(check.name), "detail": .string(check.detail)] as JSON).text)
      }
    }
    _ = try verification.run()
    watch.report("verify", Int(verification.events), ["ok": .bool(verification.isOK)])
  }

  static func audit(_ home: Home) throws {
    let watch = Watch()
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    let report = try Audit(home, now: now).run()
    watch.report("audit", Int(report.head), ["findings": .int(report.findings)])
  }

  /// Every job's story, read for every diagnosis.
  static func incidents(_ home: Home) throws {
    let books = try Books(home)
    let watch = Watch()
    let (found, head) = try books.read { snapshot in
      (
        try snapshot.incidents(
          Selector(), now: Timestamp(microseconds: Clock.wallMicroseconds())), snapshot.head
      )
    }
    watch.report("incidents", Int(head), ["incidents": .int(found.count)])
  }

  /// What accounts and jobs were at positions drawn at random.
  static func asOf(_ home: Home, questions: Int, seed: UInt64) throws {
    let books = try Books(home)
    var random = Random(seed: seed)
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    try books.read { snapshot in
      let numbers = try snapshot.jobs(Selector())
      var found = 0
      let start = Clock.bootMicroseconds()
      for _ in 0..<questions {
        let account = Workload.account(Int(random.next() % UInt64(Workload.accounts)))
        let position = 1 + random.next() % snapshot.head
        if try snapshot.accountStatus(account, asOf: position) != nil { found += 1 }
      }
      let middle = Clock.bootMicroseconds()
      for _ in 0..<questions {
        let job = numbers[Int(random.next() % UInt64(numbers.count))]
        let position = 1 + random.next() % snapshot.head
        if try snapshot.status(job, asOf: position, now: now) != nil { found += 1 }
      }
      let end = Clock.bootMicroseconds()
      print(
        ([
          "bench": "as-of", "questions": .int(questions), "found": .int(found),
          "balance_us": .number("\(Double(middle - start) / Double(questions))"),
          "job_us": .number("\(Double(end - middle) / Double(questions))"),
        ] as JSON).text)
    }
  }
}
