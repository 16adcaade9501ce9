// One HTTP request as the providers see it.
import HTTPServer
import Wire

/// A request whose body has arrived whole.
struct Request: Sendable {
  /// Header fields that a provider reads; others are not kept.
  static let headerNames = [
    "accept", "authorization", "content-type", "hf-api-key", "hf-expires-after", "hf-secret",
    "idempotency-key", "origin", "prefer", "x-fal-object-lifecycle-preference",
    "x-fal-request-timeout",
  ]
  /// Query arguments that a provider reads.
  static let queryNames = [
    "after", "cursor", "fal_webhook", "hf_webhook", "limit", "logs", "token",
  ]

  let method: String
  /// Percent-decoded, without query.
  let path: String
  let query: [String: String]
  /// By lower-case name.
  let headers: [String: String]
  let body: [UInt8]
  /// The body, read; nil when there is none or it is no acceptable JSON.
  let json: JSON?
  /// `path` without its leading slash, cut at every other one.
  let segments: [Substring]

  init(
    method: String, path: String, query: [String: String] = [:], headers: [String: String] = [:],
    body: [UInt8] = []
  ) {
    self.method = method == "HEAD" ? "GET" : method
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    json = body.isEmpty ? nil : try? JSON(parsing: body)
    segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
  }

  init(_ request: ServerRequest) {
    var query: [String: String] = [:]
    for name in Request.queryNames { query[name] = request.argument(name) }
    var headers: [String: String] = [:]
    for name in Request.headerNames { headers[name] = request.header(name) }
    self.init(
      method: request.method,
      path: request.segments.map { "/" + $0.joined(separator: "/") } ?? request.target,
      query: query, headers: headers, body: request.body)
  }
}
