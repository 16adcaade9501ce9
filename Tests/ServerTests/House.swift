// A server in this process over real books, and a client that holds every exchange against the
// API's own description.

import HTTPServer
import Ledger
import Providers
import Support
import Testing
import Wire

@testable import Server

/// Books with account `acme` and job `j1`, account `foreign-account` and job `foreign-job`, served.
final class House: Sendable {
  let temporary: TemporaryHome
  let clock = FakeClock()
  let books: Books
  let server: Server
  let port: Int

  /// - Parameters:
  ///   - tokens: none lets everybody at this machine in.
  init(
    tokens: [AccessToken] = [], _ adjust: (inout ServerOptions) -> Void = { _ in }
  ) throws {
    temporary = try TemporaryHome()
    let clock = self.clock
    books = try Books(temporary.home, clock: { clock.now })
    for action: Action in [
      .grant("1000"), .submit(), .grant("1000", to: House.foreignAccount),
      .submit(House.foreignJob, account: House.foreignAccount),
    ] { _ = try books.append(Command(action, actor: .cli, by: "tester")) }
    if !tokens.isEmpty { try Configuration.change(temporary.home) { $0.tokens = tokens } }
    var options = ServerOptions { clock.now }
    options.listen = "127.0.0.1:0"
    // The clock stands still, and so would the bucket of requests.
    options.requestsPerSecond = 0
    // Who does not read while everything is slow is not idle.
    options.bounds.idleSeconds = Int(Patience.seconds(Double(options.bounds.idleSeconds)))
    adjust(&options)
    server = try Server(
      books, options, profiles: { try? ProfileRegistry().profile($0) }, report: { _ in })
    port = Int(server.address.split(separator: ":").last!)!
  }

  deinit { server.stop() }

  static let foreignAccount = "foreign-account"
  static let foreignJob = "foreign-job"

  @discardableResult
  func give(_ action: Action) throws -> Receipt {
    try books.append(Command(action, actor: .cli, by: "tester"))
  }

  var head: Position { get throws { try books.read { $0.head } } }

  /// A token's text and what is kept of it.
  static func token(
    _ name: String = "t", _ scopes: Set<Scope> = Set(Scope.allCases), accounts: [String] = ["*"],
    expires: Timestamp? = nil
  ) -> (text: String, kept: AccessToken) {
    let text = AccessToken.makeText()
    let kept = AccessToken(
      name: name, digest: AccessToken.digest(of: text), scopes: scopes,
      accounts: accounts.map { AccountPattern($0)! }, createdAt: .epoch, expiresAt: expires)
    return (text, kept)
  }

  /// Asks, and holds question and answer against the description.
  @discardableResult
  func ask(
    _ method: String, _ target: String, _ fields: [String: String] = [:], json: JSON? = nil,
    body: [UInt8]? = nil, token: String? = nil, location: SourceLocation = #_sourceLocation
  ) throws -> WebReply {
    var fields = fields
    if json != nil { fields["Content-Type"] = "application/json" }
    if let token { fields["Authorization"] = "Bearer \(token)" }
    let connection = try WebConnection(port: port)
    let bytes = json?.bytes ?? body ?? (method == "POST" ? [] : nil)
    connection.send(method, target, fields, body: bytes)
    let reply = try connection.reply(to: method)
    let problems = Description.shared.problems(method, target, fields, json: json, reply)
    #expect(
      problems == [], "\(method) \(target): \(reply.text.prefix(300))", sourceLocation: location)
    return reply
  }

  func get(
    _ target: String, _ fields: [String: String] = [:], token: String? = nil,
    location: SourceLocation = #_sourceLocation
  ) throws -> WebReply {
    try ask("GET", target, fields, token: token, location: location)
  }

  func post(
    _ target: String, _ json: JSON = [:], _ fields: [String: String] = [:], token: String? = nil,
    location: SourceLocation = #_sourceLocation
  ) throws -> WebReply {
    try ask("POST", target, fields, json: json, token: token, location: location)
  }

  /// Opens a stream of events.
  func stream(_ target: String, _ fields: [String: String] = [:], token: String? = nil) throws
    -> EventReader
  {
    var fields = fields
    fields["Accept"] = "text/event-stream"
    if let token { fields["Authorization"] = "Bearer \(token)" }
    return try EventReader(port: port, target, fields)
  }
}
