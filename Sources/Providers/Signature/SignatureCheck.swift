// Is this message the provider's own? Pure: the rule, the message as it came, what we hold, now.

import Ledger
package import Wire

/// What a signature is checked with.
package struct SignatureCheck: Sendable {
  /// The value of a secret by its variable's name.
  package var secrets: [String: String]
  /// The provider's public keys; nil while nobody has fetched them.
  package var keys: KeySet?
  package var now: Timestamp

  package init(secrets: [String: String] = [:], keys: KeySet? = nil, now: Timestamp) {
    self.secrets = secrets
    self.keys = keys
    self.now = now
  }

  /// - Returns: verified only when every part of the rule holds.
  package func verdict(_ message: WebhookMessage, by rule: SignatureRule) -> SignatureVerdict {
    do {
      switch rule {
      case .none: return .unverified("the profile names no signature")
      case .standardWebhooks(let rule): return try verdict(message, by: rule)
      case .keySet(let rule): return try verdict(message, by: rule)
      case .sharedSecret(let rule): return try verdict(message, by: rule)
      }
    } catch {
      return .rejected(.signature, error.reason)
    }
  }

  /// The values there are of a rule's secrets. One variable may hold several, separated by spaces
  /// or commas: during a rotation the old and the new one are valid.
  private func values(of names: [String]) -> [String] {
    names.compactMap { secrets[$0] }
      .flatMap { $0.split { $0 == " " || $0 == "," || $0 == "\t" } }.map(String.init)
  }

  private static func missing(_ names: [String]) -> SignatureVerdict {
    .unverified("\(names.joined(separator: " or ")) is not set")
  }

  /// standardwebhooks.com, "Verifying webhook authenticity".
  private func verdict(
    _ message: WebhookMessage, by rule: StandardWebhooksRule
  ) throws(BadHeader) -> SignatureVerdict {
    let secrets = values(of: rule.secrets)
    guard !secrets.isEmpty else { return SignatureCheck.missing(rule.secrets) }
    let keys = secrets.compactMap(SignatureCheck.key)
    guard keys.count == secrets.count else {
      return .unverified("\(rule.secrets.joined(separator: " or ")) is no whsec_ secret")
    }
    let id = try message.sole(rule.idHeader)
    let timestamp = try message.sole(rule.timestampHeader)
    let given = try message.sole(rule.signatureHeader)
    let signed = Array("\(id).\(timestamp).".utf8) + message.body
    let expected = keys.map { HMACSHA256.authenticate(signed, key: $0) }
    var isValid = false
    // Every pair is compared, so that the time says nothing of which one fits.
    for part in given.split(separator: " ") where part.hasPrefix("v1,") {
      guard let signature = Base64.decode(String(part.dropFirst(3))) else { continue }
      for known in expected where ConstantTime.isEqual(known, signature) { isValid = true }
    }
    guard isValid else { return .rejected(.signature, "no signature of the body fits") }
    return try fresh(timestamp, rule.timestampHeader, rule.toleranceSeconds)
  }

  /// `whsec_` and base64; the prefix may be left out.
  private static func key(_ secret: String) -> [UInt8]? {
    let text = secret.hasPrefix("whsec_") ? String(secret.dropFirst(6)) : secret
    guard let key = Base64.decode(text), !key.isEmpty else { return nil }
    return key
  }

  private func verdict(
    _ message: WebhookMessage, by rule: KeySetRule
  ) throws(BadHeader) -> SignatureVerdict {
    guard let keys, !keys.publicKeys.isEmpty else {
      return .unverified("the provider's public keys are not here yet")
    }
    let timestamp = try message.sole(rule.timestampHeader)
    guard let signature = Hex.bytes(try message.sole(rule.signatureHeader)) else {
      throw BadHeader(reason: "the header \(rule.signatureHeader) is no hexadecimal")
    }
    var lines: [String] = []
    for part in rule.parts {
      switch part {
      case .header(let name): lines.append(try message.sole(name))
      case .bodyDigest: lines.append(SHA256.digest(message.body).description)
      }
    }
    let signed = Array(lines.joined(separator: "\n").utf8)
    guard keys.publicKeys.contains(where: { Ed25519.isValid(signature, of: signed, by: $0) })
    else { return .rejected(.signature, "no public key of the provider fits the signature") }
    return try fresh(timestamp, rule.timestampHeader, rule.toleranceSeconds)
  }

  private func verdict(
    _ message: WebhookMessage, by rule: SharedSecretRule
  ) throws(BadHeader) -> SignatureVerdict {
    let secrets = values(of: rule.secrets)
    guard !secrets.isEmpty else { return SignatureCheck.missing(rule.secrets) }
    let given = Array(try message.sole(rule.header).utf8)
    var isValid = false
    for secret in secrets where ConstantTime.isEqual(Array(secret.utf8), given) { isValid = true }
    return isValid ? .verified : .rejected(.signature, "the header \(rule.header) is not ours")
  }

  /// A right signature of a moment that is too far away is a replay. 0 seconds: no bound.
  private func fresh(
    _ timestamp: String, _ name: String, _ toleranceSeconds: Int
  ) throws(BadHeader) -> SignatureVerdict {
    guard timestamp.utf8.count <= 12, timestamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let seconds = Int64(timestamp)
    else { throw BadHeader(reason: "the header \(name) is no time in Unix seconds") }
    let distance = abs(now.microseconds / 1_000_000 - seconds)
    guard toleranceSeconds == 0 || distance <= Int64(toleranceSeconds) else {
      return .rejected(.stale, "it was signed \(distance) seconds from now")
    }
    return .verified
  }
}
