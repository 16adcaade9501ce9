// GET /livez and /readyz. Open to all: they say what is wrong, and nothing of what is in the books.

import HTTPServer
import Ledger
import Wire

enum HealthResource {
  static func live(_ call: Call) throws { answer(call, call.service.ailments) }

  /// On a thread of its own: the books may be waiting for a slow disk.
  static func ready(_ call: Call) throws {
    call.later { answer(call, call.service.obstacles) }
  }

  private static func answer(_ call: Call, _ problems: [String]) {
    let body: JSON = [
      "status": problems.isEmpty ? "ok" : "failing",
      "problems": .array(problems.map { .string($0) }),
    ]
    call.reply(body, status: problems.isEmpty ? 200 : 503)
  }
}
