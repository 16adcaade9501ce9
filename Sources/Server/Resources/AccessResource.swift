// Sessions for the page, tickets for streams.

import HTTPServer
import Ledger
import Wire

enum AccessResource {
  /// POST /v1/stream-tickets
  static func makeTicket(_ call: Call) throws {
    let (ticket, end) = call.service.gate.makeTicket(for: call.principal)
    call.reply(["ticket": .string(ticket), "expires_at": .time(end)], status: 201)
  }

  /// POST /v1/sessions
  static func open(_ call: Call) throws {
    let body = try call.body()
    try body.allowOnly(["token"])
    let (cookie, principal) = try call.service.gate.openSession(
      token: try body.requiredText("token"))
    call.reply(
      principal.json, status: 201,
      headers: [("Set-Cookie", setCookie(call, cookie, seconds: Int(Gatekeeper.sessionSeconds)))])
  }

  /// GET /v1/sessions
  static func get(_ call: Call) throws { call.reply(call.principal.json) }

  /// DELETE /v1/sessions
  static func close(_ call: Call) throws {
    call.service.gate.closeSession(call.request)
    call.reply(ServerReply(204, headers: [("Set-Cookie", setCookie(call, "", seconds: 0))]))
  }

  /// RFC 6265bis: no script reads it, no other site sends it.
  private static func setCookie(_ call: Call, _ value: String, seconds: Int) -> String {
    let isSecure = call.service.options.publicURL?.hasPrefix("https://") ?? false
    return "\(Gatekeeper.cookieName)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; "
      + "SameSite=Strict" + (isSecure ? "; Secure" : "")
  }
}
