// The books, added up again from the events alone: one pass over the log, every check beside the
// others. Needs no views, so it also works where the log holds what no view can be made of.

import LMDB
import Posix
package import Wire

/// What one check came to.
package struct AuditResult: Sendable {
  package let check: String
  /// Findings the selector means.
  package let count: Int
  /// The first of them.
  package let findings: [AuditFinding]

  package var isOK: Bool { count == 0 }

  package var json: JSON {
    [
      "check": .string(check), "ok": .bool(isOK), "count": .int(count),
      "findings": .array(findings.map(\.json)),
    ]
  }
}

/// What the audit came to.
package struct AuditReport: Sendable {
  package let results: [AuditResult]
  /// The log's end.
  package let head: Position
  /// What apps took in their own books for jobs adopted here (`track --charged`), and for how many.
  package let charged: (jobs: Int, amount: Credits)

  package var findings: Int { results.reduce(0) { $0 + $1.count } }
  package var isOK: Bool { findings == 0 }

  package var json: JSON {
    [
      "audit": .string(isOK ? "ok" : "findings"), "checks": .int(results.count),
      "findings": .int(findings), "head": .int(head),
      "charged_elsewhere": ["jobs": .int(charged.jobs), "amount": .credits(charged.amount)],
    ]
  }
}

/// An audit of a home.
package struct Audit {
  /// Findings of a check that are listed when the selector does not say how many.
  package static let listed = 1000

  private let home: Home
  private let selector: Selector
  private let now: Timestamp

  /// - Parameters:
  ///   - selector: which findings are told; its limit is how many of each check are listed.
  ///   - now: for holds past their end.
  package init(_ home: Home, _ selector: Selector = Selector(), now: Timestamp) {
    self.home = home
    self.selector = selector
    self.now = now
  }

  /// Reads the whole log once.
  /// - Parameter progress: told now and then how many of how many events are read.
  /// - Throws: `BooksError`: no home, another PID namespace, acknowledged events missing, records
  ///   that cannot be read.
  package func run(
    progress: (UInt64, UInt64) -> Void = { _, _ in }
  ) throws(BooksError) -> AuditReport {
    do {
      try Verification.requireSomething(in: home)
      let users = try home.join()
      defer { users.unlock() }
      // The views before the log, so that they are never ahead of it; HEAD before the log, too.
      let views = try ServingViews(home)
      let mark = try Head(home.head).mark()
      let log = try Log(home.log).read()
      _ = try Books.check(log, against: mark)
      return try run(log, AuditChecks.all(views), progress)
    } catch {
      throw BooksError(error)
    }
  }

  private func run<Snapshot: Transaction & ~Copyable>(
    _ log: borrowing LogSnapshot<Snapshot>, _ checks: [any AuditCheck],
    _ progress: (UInt64, UInt64) -> Void
  ) throws -> AuditReport {
    var checks = checks
    var findings = checks.map { _ in AuditFindings() }
    let jobs = AuditJobs()
    var group = AuditGroup()
    let head = try log.end().position
    var newest = now
    try log.events(from: 1) { event in
      group.add(event, jobs.apply(event))
      if event.position % 65_536 == 0 { progress(event.position, head) }
      guard event.header.flags.contains(.last) || event.position == head else { return true }
      for index in checks.indices {
        try checks[index].look(at: group, jobs, &findings[index])
      }
      newest = max(newest, event.time)
      group.clear()
      return true
    }
    for index in checks.indices {
      let end = AuditEnd(now: newest, isClean: findings[..<index].allSatisfy(\.isEmpty))
      try checks[index].finish(end, jobs, &findings[index])
    }
    return try report(
      zip(checks, findings).map { (type(of: $0).name, $1) }, jobs, log, head)
  }

  private func report<Snapshot: Transaction & ~Copyable>(
    _ found: [(name: String, findings: AuditFindings)], _ jobs: AuditJobs,
    _ log: borrowing LogSnapshot<Snapshot>, _ head: Position
  ) throws -> AuditReport {
    let scope = AuditScope(selector: selector)
    let limit = selector.limit ?? Audit.listed
    var results: [AuditResult] = []
    for (name, findings) in found {
      var meant: [AuditFinding] = []
      for finding in findings.list where try scope.holds(finding, jobs, log) {
        meant.append(finding)
      }
      results.append(
        AuditResult(
          check: name, count: meant.count + findings.uncounted,
          findings: Array(meant.prefix(limit))))
    }
    var charged = (jobs: 0, amount: Credits.zero)
    for (number, entry) in jobs.entries.all {
      guard let amount = entry.charged, try scope.holds(number, jobs, log) else { continue }
      charged.jobs += 1
      charged.amount += amount
    }
    return AuditReport(results: results, head: head, charged: charged)
  }
}
