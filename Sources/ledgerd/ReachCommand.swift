// ledgerd reach: one request to each provider in use, without a token: whether name, address guard,
// connection and certificate let us through. Any answer of theirs is good, 401 included.

import CommandLine
import Glibc
import HTTP
import Ledger
import Poller
import Posix
import Providers
import Wire

enum ReachCommand {
  /// A provider that needs longer is not well, seconds.
  private static let timeoutSeconds = 10.0
  /// An answer's body is not read beyond this, bytes.
  private static let replyBytesMax = 64 << 10

  static func run(_ surroundings: Surroundings, _ arguments: Arguments) throws -> ExitCode {
    let books = try surroundings.books()
    let inUse = try books.read { try $0.providersInUse() }
    let isDevelopment = Machine.environment("LEDGER_DEV") == "1"
    var shelf = ProfileShelf(books.home, allowLoopback: isDevelopment) { Machine.environment($0) }
    let multi = try Multi(
      Multi.Configuration(
        version: Product.version, allowLoopback: isDevelopment,
        certificateAuthorityFile: isDevelopment ? Machine.environment("LEDGER_CA_FILE") : nil))
    var asked: [UInt64: (name: String, origin: String)] = [:]
    for (index, (name, _)) in inUse.enumerated() {
      switch shelf.profile(name) {
      case .ready(let ready):
        let origin = ready.profile.base.origin
        asked[UInt64(index)] = (name, origin)
        while !multi.hasCapacity { take(multi, &asked, surroundings.output) }
        multi.start(request(to: origin), tag: UInt64(index))
      case .missing(let why), .blocked(let why):
        let line = why.split(separator: "\n").first.map(String.init) ?? ""
        say(HealthFinding("providers", .bad, line, do: "ledger provider list"), surroundings.output)
      }
    }
    while multi.inFlight > 0 { take(multi, &asked, surroundings.output) }
    return .ok
  }

  private static func request(to origin: String) -> HTTPRequest {
    HTTPRequest(
      .get, origin + "/", connectTimeoutSeconds: timeoutSeconds,
      totalTimeoutSeconds: timeoutSeconds, maxResponseBytes: replyBytesMax)
  }

  /// Waits for the next answers and tells them.
  private static func take(
    _ multi: Multi, _ asked: inout [UInt64: (name: String, origin: String)], _ output: Output
  ) {
    for completion in multi.wait(timeoutMilliseconds: 1000) {
      guard let (name, origin) = asked.removeValue(forKey: completion.tag) else { continue }
      say(finding(name, origin, completion.result), output)
    }
  }

  /// What an answer, or none, says of a provider.
  static func finding(
    _ name: String, _ origin: String, _ result: Result<HTTPResponse, HTTPError>
  ) -> HealthFinding {
    let status: Int
    let microseconds: Int64
    switch result {
    case .success(let reply): (status, microseconds) = (reply.status, reply.latencyMicroseconds)
    case .failure(let error):
      // A body that is too long, or ends early, came from somebody who answers.
      guard let known = error.status else {
        return HealthFinding(
          "providers", .bad, "\(name): \(error.message)", do: "curl -sv \(origin)/ -o /dev/null")
      }
      (status, microseconds) = (known, error.latencyMicroseconds)
    }
    let words = "\(name): \(origin) answered \(status) in \(microseconds / 1000) ms"
    return status >= 500
      ? HealthFinding("providers", .warn, words, do: "ledger doctor --providers")
      : HealthFinding("providers", .ok, words)
  }

  private static func say(_ finding: HealthFinding, _ output: Output) {
    if output.settings.isJSON {
      output.json(finding.json)
    } else {
      output.line("\(finding.level.rawValue)  \(finding.detail)")
    }
  }
}
