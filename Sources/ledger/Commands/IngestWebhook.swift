// ledger webhook ingest: a notification that the app's own backend received.

import CommandLine
import Ledger
import Posix
import Providers
import Wire

enum IngestWebhook {
  static let declaration = Declaration(
    "webhook ingest", .providers, "Hand over a provider's webhook, as it was received",
    details: """
      The body must be the bytes as they came: a signature covers them. A body that verifies \
      moves money; one that nobody can vouch for makes the poller look. Answer the provider with \
      200 when this exits 0, with 401 on 77, with 400 on 65, and with 503 on anything else, so \
      that it is sent again.
      """,
    options: [
      .required("provider", .identifier, "Who sent it", as: "P"),
      .required("headers", .path, "Its headers: lines \"Name: value\", or a JSON object", as: "F"),
      .required("body", .path, "Its body, or - for standard input", as: "F"),
      .value("url", .text, "The address it came to, with its query", as: "U"),
      .value("jwks", .path, "The provider's public keys, when no poller fetches them", as: "FILE"),
    ],
    examples: ["ledger webhook ingest --provider replicate --headers head.txt --body - < body"])

  private static let headersBytesMax = 1 << 20

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let profile = try profile(session, arguments.required("provider"))
    let headers = try InputFile.read(
      arguments.required("headers"), bytesMax: headersBytesMax, as: "--headers")
    guard let headers = WebhookMessage.headers(of: headers) else {
      throw Failure.usage(
        "--headers holds neither lines \"Name: value\" nor a JSON object",
        next: "printf 'webhook-id: ...\\n' > headers.txt")
    }
    let body = try InputFile.read(
      arguments.required("body"), bytesMax: Limits.replyBytes, as: "--body")
    let ingest = try WebhookIngest(
      session.books(), profile, try check(session, arguments, profile), by: session.by)
    let result = try ingest.take(
      WebhookMessage(headers: headers, body: body), url: arguments.string("url"))
    show(result, session)
    switch result.rejection {
    case nil: return .ok
    case .signature, .stale: return .notAllowed
    case .malformed: return .damagedData
    case .tooLarge, .unknownProvider: return .usage
    }
  }

  /// Whoever calls this was set up for a provider: not to know it is a matter of configuration.
  private static func profile(_ session: Session, _ name: String) throws -> Profile {
    let profile: Profile
    do {
      profile = try session.registry().profile(name)
    } catch RegistryError.unknown(let name, let suggestion) {
      throw Failure(
        .configuration, "unknown_provider",
        RegistryError.unknown(name, suggestion: suggestion).description,
        next: "ledger provider list")
    }
    guard profile.webhook != nil else {
      throw Failure(
        .configuration, "no_webhook", "the profile of \(profile.name) has no 'webhook'",
        next: "ledger provider show \(profile.name)")
    }
    return profile
  }

  private static func check(
    _ session: Session, _ arguments: Arguments, _ profile: Profile
  ) throws -> SignatureCheck {
    var check = SignatureCheck(now: session.now)
    do {
      check = try SignatureCheck(
        profile, in: session.home, now: session.now, environment: { Machine.environment($0) })
    } catch {
      throw Failure(.configuration, "bad_secret", error.description)
    }
    guard let path = arguments.string("jwks") else { return check }
    let text = try InputFile.read(path, bytesMax: KeySet.bytesMax, as: "--jwks")
    guard let keys = KeySet(text) else {
      throw Failure.usage("--jwks is no JWK Set with Ed25519 keys")
    }
    check.keys = keys
    return check
  }

  private static func show(_ result: WebhookIngest.Result, _ session: Session) {
    guard session.output.settings.isJSON else {
      var words = [result.outcome.rawValue.split(separator: "_").joined(separator: " ")]
      if let job = result.job { words.append("job \(job)") }
      if let state = result.state { words.append(state.name) }
      if !result.verified { words.append("not verified") }
      if let reason = result.reason { words.append(reason) }
      if result.position > 0 { words.append("(position \(result.position))") }
      if let challenge = result.challenge { words.append(challenge) }
      return session.output.line(Escaping.terminal(words.joined(separator: "  ")))
    }
    session.output.json([
      "outcome": .string(result.outcome.rawValue),
      "job": result.job.map(JSON.string) ?? .null,
      "state": result.state.map { .string($0.name) } ?? .null,
      "verified": .bool(result.verified), "reason": result.reason.map(JSON.string) ?? .null,
      "rejection": result.rejection.map { .string($0.name) } ?? .null,
      "position": result.position > 0 ? .int(result.position) : .null,
      "repeated": .bool(result.position > 0 && !result.isRecorded),
      "challenge": result.challenge.map(JSON.string) ?? .null,
    ])
  }
}
