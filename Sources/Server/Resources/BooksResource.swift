// GET /v1/audit.

import HTTPServer
import Ledger
import Wire

enum BooksResource {
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
