// GET /v1/jobs/{job}/explain, /v1/incidents and /v1/audit.

import HTTPServer
import Ledger
import Wire

enum BooksResource {
  /// GET /v1/jobs/{job}/explain
  static func explain(_ call: Call) throws {
    _ = try Query(call, [])
    let number = try call.read { try call.job(&$0).number }
    call.later {
      let story = try call.read { try $0.explanation(of: number, now: call.now) }
      guard let story else { throw Problem.notFound("job \(call.part("job"))") }
      call.reply(story.json)
    }
  }

  /// GET /v1/incidents
  static func incidents(_ call: Call) throws {
    let query = try Query(call, Query.selectorNames + ["kind"])
    let selector = try query.selector()
    if let account = selector.account, !call.principal.sees(account: account) {
      throw Problem.notFound("account \(account)")
    }
    let kind = query.text("kind")
    if let kind, !DiagnosisRule.all.contains(where: { $0.code == kind }) {
      throw Problem.invalid("kind is no diagnosis such as NEVER_POLLED")
    }
    let limit = try query.limit()
    call.later {
      let (incidents, head) = try call.read { snapshot in
        (try snapshot.incidents(selector, now: call.now), snapshot.head)
      }
      let seen = incidents.filter { incident in
        (kind == nil || incident.diagnosis.code == kind)
          && (call.principal.seesAll
            || incident.account.map(call.principal.sees(account:)) ?? false)
      }
      call.reply(["incidents": .array(seen.prefix(limit).map(\.json)), "head": .int(head)])
    }
  }

  /// GET /v1/audit
  static func audit(_ call: Call) throws {
    _ = try Query(call, [])
    guard call.principal.seesAll else {
      throw Problem(403, "not_allowed", "the books are added up for all accounts at once")
    }
    call.later {
      let report = try Audit(call.service.books.home, now: call.now).run { _, _ in }
      call.reply(["checks": .array(report.results.map(\.json)), "result": report.json])
    }
  }
}
