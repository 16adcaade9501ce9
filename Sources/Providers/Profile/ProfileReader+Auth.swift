// The section that says how requests prove who we are.

import Wire

extension ProfileReader {
  static let authNames = ["headers", "query", "jwt"]

  func auth(_ top: Members) -> AuthRule {
    guard let json = top["auth"] else { return AuthRule() }
    let place = top.place + ["auth"]
    let members = Members(json, at: place, problems, names: ProfileReader.authNames)
    let rule = AuthRule(
      headers: members.templates("headers", .authHeader, alternatives: true),
      query: members.templates("query", .authQuery, alternatives: true), token: token(members))
    let isUsed = (rule.headers + rule.query).contains { parameter in
      parameter.forms.contains { $0.variables.contains(.token) }
    }
    if isUsed, rule.token == nil {
      members.error("jwt", "'{{jwt}}' needs this section: issuer, secret and ttl_s")
    } else if rule.token != nil, !isUsed {
      members.error(
        "jwt", "nothing uses it: write \"Authorization\": \"Bearer {{jwt}}\" in headers")
    }
    return rule
  }

  private func token(_ members: Members) -> TokenRule? {
    guard let json = members["jwt"] else { return nil }
    let inner = Members(
      json, at: members.place + ["jwt"], problems, names: ["issuer", "secret", "ttl_s", "leeway_s"])
    guard inner.required("issuer") != nil, inner.required("secret") != nil,
      let issuer = inner.template("issuer", .tokenPart),
      let secret = inner.template("secret", .tokenPart)
    else { return nil }
    var rule = TokenRule(issuer: issuer, secret: secret)
    for (name, template) in [("issuer", issuer), ("secret", secret)]
    where template.variables.isEmpty {
      inner.error(name, "expected the name of an environment variable: {{env.NAME}}")
    }
    rule.lifeSeconds = inner.int("ttl_s", 10...86_400) ?? rule.lifeSeconds
    rule.leewaySeconds = inner.int("leeway_s", 0...3600) ?? rule.leewaySeconds
    return rule
  }
}
