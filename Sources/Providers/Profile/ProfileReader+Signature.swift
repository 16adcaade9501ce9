// The section that says how a notification is signed.

import Wire

extension ProfileReader {
  /// Absent or `none`: nothing is signed, and a notification only asks for a look.
  func signature(_ webhook: Members) -> SignatureRule {
    guard let json = webhook["signature"] else { return .none }
    let members = Members(
      json, at: ["webhook", "signature"], problems,
      names: ["kind", "secrets", "headers", "tolerance_s", "jwks_url", "signed"])
    _ = members.required("kind")
    switch members.text("kind") {
    case "none", nil: return .none
    case "standard-webhooks": return .standardWebhooks(standardWebhooks(members))
    case "ed25519-jwks": return keySet(members).map(SignatureRule.keySet) ?? .none
    case "shared-secret-header":
      let headers = self.headers(members, required: ["secret"])
      return .sharedSecret(
        SharedSecretRule(secrets: secretNames(members), header: headers["secret"] ?? ""))
    default:
      members.error(
        "kind", "expected standard-webhooks, ed25519-jwks, shared-secret-header or none")
      return .none
    }
  }

  private func standardWebhooks(_ members: Members) -> StandardWebhooksRule {
    var rule = StandardWebhooksRule(secrets: secretNames(members))
    let headers = self.headers(members, optional: ["id", "timestamp", "signature"])
    rule.idHeader = headers["id"] ?? rule.idHeader
    rule.timestampHeader = headers["timestamp"] ?? rule.timestampHeader
    rule.signatureHeader = headers["signature"] ?? rule.signatureHeader
    rule.toleranceSeconds = tolerance(members)
    return rule
  }

  private func keySet(_ members: Members) -> KeySetRule? {
    let headers = self.headers(members, required: ["signature", "timestamp"])
    let parts = members.list("signed", max: 8) { (json, place) -> KeySetRule.Part? in
      if json.string == "body_sha256" { return .bodyDigest }
      if let name = json["header"]?.string, HeaderText.isName(name) { return .header(name) }
      problems.error(place, "expected {\"header\": NAME} or \"body_sha256\"")
      return nil
    }
    if !parts.contains(.bodyDigest) || !parts.contains(.header(headers["timestamp"] ?? "")) {
      members.error("signed", "the timestamp's header and body_sha256 must be signed")
    }
    guard let text = members.text("jwks_url"), let url = WebAddress(text), url.scheme == "https"
    else {
      members.error("jwks_url", "expected the https URL of the provider's public keys")
      return nil
    }
    return KeySetRule(
      url: url, signatureHeader: headers["signature"] ?? "",
      timestampHeader: headers["timestamp"] ?? "", parts: parts,
      toleranceSeconds: tolerance(members))
  }

  /// 0 accepts every age, for providers whose clients check none.
  private func tolerance(_ members: Members) -> Int {
    members.int("tolerance_s", 0...86_400) ?? SignatureRule.toleranceSeconds
  }

  private func secretNames(_ members: Members) -> [String] {
    let names = members.texts("secrets", max: 4)
    if names.isEmpty { members.error("secrets", "expected names of environment variables") }
    return names
  }

  private func headers(
    _ members: Members, required: [String] = [], optional: [String] = []
  ) -> [String: String] {
    let place = members.place + ["headers"]
    guard let json = members["headers"] else {
      if !required.isEmpty { problems.error(place, "'headers' is required") }
      return [:]
    }
    let inner = Members(json, at: place, problems, names: required + optional)
    var names: [String: String] = [:]
    for name in required + optional {
      guard let text = inner.text(name, max: 128) else {
        if required.contains(name) { inner.error(name, "'\(name)' is required") }
        continue
      }
      if !HeaderText.isName(text) { inner.error(name, "'\(text)' is no header name") }
      names[name] = text
    }
    return names
  }
}
