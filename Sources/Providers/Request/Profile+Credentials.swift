// Secrets' way into a request: they come from a closure at this moment and are kept nowhere else.

import Wire

extension Profile {
  /// - Parameter now: for tokens that expire.
  func authHeaders(
    _ phase: RequestPhase, _ secrets: (String) -> String?, now: Timestamp? = nil
  ) throws(RequestError) -> [ProviderRequest.Header] {
    var headers: [ProviderRequest.Header] = []
    let auth = auth(for: phase)
    for header in auth.headers {
      guard let value = try credential(header, of: auth, .plain, secrets, now) else { continue }
      headers.append(.init(name: header.name, value: value))
    }
    return headers
  }

  /// Encoded `name=value` pairs.
  func authQuery(
    _ phase: RequestPhase, _ secrets: (String) -> String?, now: Timestamp? = nil
  ) throws(RequestError) -> [String] {
    var parts: [String] = []
    let auth = auth(for: phase)
    for parameter in auth.query {
      guard let value = try credential(parameter, of: auth, .query, secrets, now) else { continue }
      parts.append("\(PercentEncoding.component(parameter.name))=\(value)")
    }
    return parts
  }

  /// A stream may have credentials of its own.
  private func auth(for phase: RequestPhase) -> AuthRule {
    phase == .stream ? stream?.auth ?? auth : auth
  }

  /// The first form all of whose secrets are there; without any, the first one's error.
  private func credential(
    _ parameter: NamedTemplate, of auth: AuthRule, _ encoding: Template.Encoding,
    _ secrets: (String) -> String?, _ now: Timestamp?
  ) throws(RequestError) -> String? {
    let form = parameter.forms.first { form in
      form.variables.allSatisfy { variable in
        guard case .environment(let name) = variable else { return true }
        return secrets(name).map { !$0.isEmpty } ?? false
      }
    }
    let template = form ?? parameter.template
    var token: String?
    if template.variables.contains(.token) { token = try self.token(auth, secrets, now) }
    return try secret(template, encoding, secrets, token: token)
  }

  /// A template over secrets; a line end in one would begin another header.
  private func secret(
    _ template: Template, _ encoding: Template.Encoding, _ secrets: (String) -> String?,
    token: String? = nil
  ) throws(RequestError) -> String? {
    var bad: String?
    let value = try template.render(encoding) { variable in
      if variable == .token { return token }
      guard case .environment(let name) = variable, let value = secrets(name) else { return nil }
      if bad == nil, !HeaderText.isValue(value) { bad = name }
      return value
    }
    if let bad { throw .badSecret(bad) }
    return value
  }

  /// The signed token (RFC 7515 §3.1: three parts of unpadded base64url).
  private func token(
    _ auth: AuthRule, _ secrets: (String) -> String?, _ now: Timestamp?
  ) throws(RequestError) -> String {
    guard let rule = auth.token, let now else { throw .missing("jwt") }
    guard let issuer = try secret(rule.issuer, .plain, secrets),
      let key = try secret(rule.secret, .plain, secrets)
    else { throw .missing("jwt") }
    let seconds = Int(now.microseconds / 1_000_000)
    let header: JSON = ["alg": "HS256", "typ": "JWT"]
    let claims: JSON = [
      "iss": .string(issuer), "exp": .int(seconds + rule.lifeSeconds),
      "nbf": .int(seconds - rule.leewaySeconds),
    ]
    let encode: ([UInt8]) -> String = { Base64.encode($0, alphabet: .url, padded: false) }
    let signed = "\(encode(header.bytes)).\(encode(claims.bytes))"
    let signature = HMACSHA256.authenticate(Array(signed.utf8), key: Array(key.utf8))
    return "\(signed).\(encode(signature))"
  }
}
