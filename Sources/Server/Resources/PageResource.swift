// The page and the browser's client, embedded: static files under a strict content security policy.

import HTTPServer
import Ledger
import Wire

/// One embedded file.
struct Asset: Sendable {
  let type: String
  let bytes: [UInt8]
  /// Changes with the content.
  let tag: String

  init(_ type: String, _ bytes: [UInt8]) {
    self.type = type
    self.bytes = bytes
    tag = "\"" + String(SHA256.digest(bytes).description.prefix(16)) + "\""
  }
}

enum PageResource {
  /// Nothing but our own files; no inline script or style; no page of others around ours
  /// (CSP Level 3, Trusted Types).
  static let policy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
    "img-src 'self' data:", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'", "trusted-types 'none'",
  ].joined(separator: "; ")

  private static let script = "text/javascript; charset=utf-8"
  private static let style = "text/css; charset=utf-8"

  private static let index = Asset("text/html; charset=utf-8", PackageResources.index_html)
  private static let description = Asset("application/json", PackageResources.openapi_json)
  private static let client = Asset(script, PackageResources.client_js)

  /// What the page loads, by name; adding a file is adding it here and in Package.swift.
  private static let files: [String: Asset] = [
    "account.js": Asset(script, PackageResources.account_js),
    "api.js": Asset(script, PackageResources.api_js),
    "app.css": Asset(style, PackageResources.app_css),
    "app.js": Asset(script, PackageResources.app_js),
    "board.js": Asset(script, PackageResources.board_js),
    "client.js": client,
    "dom.js": Asset(script, PackageResources.dom_js),
    "format.js": Asset(script, PackageResources.format_js),
    "icon.svg": Asset("image/svg+xml", PackageResources.icon_svg),
    "incidents.js": Asset(script, PackageResources.incidents_js),
    "job.js": Asset(script, PackageResources.job_js),
    "list.js": Asset(script, PackageResources.list_js),
    "live.js": Asset(script, PackageResources.live_js),
    "story.js": Asset(script, PackageResources.story_js),
    "theme.js": Asset(script, PackageResources.theme_js),
    "waterfall.css": Asset(style, PackageResources.waterfall_css),
    "waterfall.js": Asset(script, PackageResources.waterfall_js),
  ]

  /// GET /
  static func home(_ call: Call) throws { send(call, index) }

  /// GET /client.js
  static func client(_ call: Call) throws { send(call, client) }

  /// GET /openapi.json
  static func api(_ call: Call) throws { send(call, description) }

  /// GET /page/{name}
  static func file(_ call: Call) throws {
    guard let asset = files[call.part("name")] else {
      throw Problem.notFound("such file")
    }
    send(call, asset)
  }

  private static func send(_ call: Call, _ asset: Asset) {
    let headers = [
      (name: "Content-Type", value: asset.type), ("ETag", asset.tag),
      // Asked for again each time and mostly answered with 304: an upgrade is seen at once.
      ("Cache-Control", "no-cache"), ("Content-Security-Policy", policy),
      ("Cross-Origin-Opener-Policy", "same-origin"),
    ]
    if call.request.header("If-None-Match") == asset.tag {
      return call.reply(ServerReply(304, headers: headers))
    }
    call.reply(ServerReply(200, headers: headers, body: asset.bytes))
  }
}
