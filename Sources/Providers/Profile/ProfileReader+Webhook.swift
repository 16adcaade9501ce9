// The section that says how a provider tells us of a job by itself.

import Wire

extension ProfileReader {
  func webhook(_ top: Members) -> WebhookRule? {
    guard let json = top["webhook"] else { return nil }
    let members = Members(
      json, at: ["webhook"], problems,
      names: [
        "parameter", "submit_body", "external_id", "delivery_id", "state", "rules", "payload",
        "challenge", "signature",
      ])
    var rule = WebhookRule()
    rule.parameter = parameter(members)
    if let body = members["submit_body"] {
      rule.submitBody = body.object ?? JSONObject()
      if body.object == nil { members.error("submit_body", "expected an object") }
      if case .body = rule.parameter {
      } else {
        members.error("submit_body", "goes with the address: 'parameter' must be in the body")
      }
    }
    rule.externalID = members.pointers("external_id")
    delivery(members, &rule)
    rule.state = webhookState(members)
    rule.rules = members.rules("rules", consequence: "is")
    rule.payload = path(members, "payload")
    rule.challenge = path(members, "challenge")
    rule.signature = signature(members)
    if rule.signature == .none {
      problems.warning(
        ["webhook", "signature"], "nothing is signed: notifications only ask for a look")
    }
    return rule
  }

  private func path(_ members: Members, _ name: String) -> PointerPath? {
    members[name].flatMap { Members.path($0, at: members.place + [name], problems) }
  }

  private func parameter(_ members: Members) -> WebhookRule.Parameter {
    guard let json = members["parameter"] else { return .none }
    let inner = Members(json, at: ["webhook", "parameter"], problems, names: ["query", "body"])
    if let name = inner.text("query", max: 128) {
      if inner["body"] != nil { inner.error("body", "the address goes to query or body, not both") }
      return .query(name)
    }
    guard let text = inner.text("body", max: 256), let pointer = JSONPointer(text),
      (1...4).contains(pointer.tokens.count)
    else {
      problems.error(
        inner.place, "expected 'query', a name, or 'body', a JSON Pointer of 1 to 4 parts")
      return .none
    }
    return .body(pointer.tokens)
  }

  private func delivery(_ members: Members, _ rule: inout WebhookRule) {
    guard let json = members["delivery_id"] else { return }
    let inner = Members(
      json, at: ["webhook", "delivery_id"], problems, names: ["header", "pointers"])
    rule.deliveryHeader = header(inner, "header")
    rule.deliveryID = inner.pointers("pointers")
    if (rule.deliveryHeader == nil) == rule.deliveryID.paths.isEmpty {
      problems.error(inner.place, "expected either 'header' or 'pointers'")
    }
  }

  private func webhookState(_ members: Members) -> StateRule? {
    guard let json = members["state"] else { return nil }
    let inner = Members(
      json, at: ["webhook", "state"], problems, names: ["pointers", "words", "case_sensitive"])
    var rule = StateRule()
    rule.pointers = inner.pointers("pointers")
    rule.caseSensitive = inner.flag("case_sensitive") ?? false
    rule.outcomes = outcomes(inner, "words", caseSensitive: rule.caseSensitive)
    if rule.pointers.paths.isEmpty { _ = inner.required("pointers") }
    if rule.outcomes.isEmpty { _ = inner.required("words") }
    return rule
  }

  private func header(_ members: Members, _ name: String) -> String? {
    guard let text = members.text(name, max: 128) else { return nil }
    if !HeaderText.isName(text) { members.error(name, "'\(text)' is no header name") }
    return text
  }
}
