// Where a job's messages go, and what a provider sends when.
import Wire

/// The receiver that a submit named.
struct WebhookTarget: Sendable {
  let url: String
  /// The receiver's own secret, where the submit gives one.
  var secret: String?
  /// The kinds of message wanted; nil: all.
  var kinds: Set<String>?
}

/// One message about a job.
struct Notice: Sendable, Equatable {
  /// The provider's word for the occasion; `completed` is the one at the end.
  let kind: String
  /// Microseconds since the simulator's start.
  let at: Int64

  static let end = "completed"
}

/// What a provider signs its messages with.
struct WebhookKeys: Sendable {
  /// Of the Standard Webhooks, without `whsec_`.
  let shared: [UInt8]
  /// An Ed25519 seed.
  let seed: [UInt8]

  /// `whsec_` and base64, as providers show it.
  var sharedText: String { "whsec_" + Base64.encode(shared) }

  /// - Parameter secret: `whsec_...`; nil: the seed's own.
  init(seed number: UInt64, secret: String?) {
    var fingerprint = Fingerprint("webhook keys")
    fingerprint.add(number)
    var dice = fingerprint.dice
    let rolled = (0..<32).map { _ in UInt8(dice.below(256)) }
    seed = (0..<32).map { _ in UInt8(dice.below(256)) }
    shared = secret.flatMap(WebhookKeys.read) ?? rolled
  }

  /// Keys that nobody else has: what a forger would use.
  var forged: WebhookKeys {
    WebhookKeys(seed: UInt64(seed[0]) &+ 0x0BAD, secret: nil)
  }

  /// The bytes of `whsec_...`; nil when it is none.
  static func read(_ secret: String) -> [UInt8]? {
    guard secret.hasPrefix("whsec_"), let key = Base64.decode(secret.dropFirst(6)), !key.isEmpty
    else { return nil }
    return key
  }
}

/// A message on its way: what is signed, and for whom.
struct WebhookLetter: Sendable {
  let job: SimulatedJob
  /// Stays the same when the message is sent again.
  let messageID: String
  /// Seconds since the epoch.
  let timestamp: Int64
  let body: [UInt8]
  let keys: WebhookKeys
}

/// How often and how long a provider tries again.
struct WebhookRetry: Sendable {
  /// After the first failure; doubled each time.
  let firstSeconds: Double
  let times: Int
  /// Whether an answer of 400 to 499 ends it.
  let endsAtRefusal: Bool
  /// How long the receiver may take.
  let patienceSeconds: Double

  /// Ten times in two hours (fal's documentation; Higgsfield says two hours).
  static func twoHours(endsAtRefusal: Bool, patienceSeconds: Double) -> WebhookRetry {
    WebhookRetry(
      firstSeconds: 7, times: 10, endsAtRefusal: endsAtRefusal, patienceSeconds: patienceSeconds)
  }
}

/// What a provider with webhooks says beside `ProviderModel`.
protocol WebhookSender: ProviderModel {
  /// The messages about a job if nobody cancels it, the last one at its end.
  func notices(of job: SimulatedJob) -> [Notice]
  func message(_ kind: String, about job: SimulatedJob, in world: World) -> JSON
  /// The headers that prove the sender.
  func signature(of letter: WebhookLetter) -> [(String, String)]
  /// Nil: never again.
  func retry(_ kind: String) -> WebhookRetry?
}

extension WebhookSender {
  func notices(of job: SimulatedJob) -> [Notice] { [Notice(kind: Notice.end, at: job.endsAt)] }
}

/// The three headers of the Standard Webhooks (https://www.standardwebhooks.com).
enum StandardWebhooks {
  static func signature(of letter: WebhookLetter) -> [(String, String)] {
    let head = "\(letter.messageID).\(letter.timestamp)."
    let proof = HMACSHA256.authenticate(Array(head.utf8) + letter.body, key: letter.keys.shared)
    return [
      ("webhook-id", letter.messageID), ("webhook-timestamp", String(letter.timestamp)),
      ("webhook-signature", "v1," + Base64.encode(proof)),
    ]
  }
}
