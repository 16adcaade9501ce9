// The sections that say what is sent: submit, status, result, cancel.

import Wire

extension ProfileReader {
  static let requestNames = [
    "method", "url", "query", "headers", "body", "timeout_s", "variants",
  ]

  private static let extraNames: [RequestPhase: [String]] = [
    .submit: ["accepted", "transient", "account_problem", "proof_of_non_acceptance"],
    .status: ["grace_404_s"],
    .result: ["final_errors"],
    .cancel: ["accepted", "too_late", "words"], .stream: streamNames,
  ]

  /// A section's members for what it says besides its request. Unknown names are not noted here:
  /// `request` has done it.
  func members(_ top: Members, _ phase: RequestPhase) -> Members? {
    guard let json = top[phase.rawValue], let object = json.object else { return nil }
    return Members(
      json, at: [phase.rawValue], problems, names: object.members.map(\.name))
  }

  func request(_ top: Members, _ phase: RequestPhase) -> RequestRule? {
    let name = phase.rawValue
    guard let json = top[name] else {
      if phase == .submit || phase == .status { top.error(name, "'\(name)' is required") }
      return nil
    }
    let place = top.place + [name]
    let members = Members(
      json, at: place, problems,
      names: ProfileReader.requestNames + (ProfileReader.extraNames[phase] ?? []))
    var rule = RequestRule(method: method(members, phase))
    let isResult = phase == .result
    rule.url = url(members, isResult ? .resultURL : .url)
    rule.query = members.templates("query", .query)
    rule.headers = members.templates("headers", .header)
    rule.body = members["body"].flatMap { body($0, at: place + ["body"], .body) }
    rule.timeoutSeconds = members.int("timeout_s", 1...3600) ?? (phase == .stream ? 3600 : 60)
    rule.variants = members.list("variants", max: 16) {
      variant($0, at: $1, isResult ? .resultVariantURL : .variantURL)
    }
    if phase == .submit, rule.url == nil, rule.variants.isEmpty {
      members.error("url", "'url' is required for a submit")
    }
    return rule
  }

  private func method(_ members: Members, _ phase: RequestPhase) -> String {
    let usual = phase == .submit || phase == .cancel ? "POST" : "GET"
    guard let method = members.text("method") else { return usual }
    if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(method) {
      members.error("method", "expected GET, POST, PUT, PATCH or DELETE")
    }
    return method
  }

  private func url(_ members: Members, _ scope: TemplateScope) -> Template? {
    guard let text = members.text("url", max: Template.sourceMax) else { return nil }
    guard text.hasPrefix("/") || text.hasPrefix("https://") else {
      members.error("url", "expected a path under base_url, beginning with '/', or an https URL")
      return nil
    }
    return members.template("url", scope)
  }

  private func variant(
    _ json: JSON, at place: [String], _ scope: TemplateScope
  ) -> RequestRule.Variant? {
    let members = Members(json, at: place, problems, names: ["model", "url", "body", "about"])
    guard members.required("model") != nil, let model = members.pattern("model") else {
      return nil
    }
    return RequestRule.Variant(
      model: model, url: url(members, scope),
      body: members["body"].flatMap { body($0, at: place + ["body"], .variantBody) })
  }

  private func body(_ json: JSON, at place: [String], _ scope: TemplateScope) -> BodyTemplate? {
    switch json {
    case .string(let text):
      let template = Members.template(text, at: place, scope, problems)
      if let template, template.variables.contains(.jobInput), template.soleVariable == nil {
        problems.error(place, "'{{job.input}}' is a JSON value and must stand alone")
      }
      return template.map(BodyTemplate.text)
    case .array(let items):
      return .array(
        items.enumerated().compactMap { body($1, at: place + [String($0)], scope) })
    case .object(let object):
      return .object(
        object.members.compactMap { member in
          body(member.value, at: place + [member.name], scope).map {
            BodyTemplate.Member(name: member.name, value: $0)
          }
        })
    default: return .literal(json)
    }
  }

  func submit(_ top: Members) -> SubmitRule {
    guard let members = members(top, .submit) else {
      return SubmitRule()
    }
    var rule = SubmitRule()
    if members["accepted"] != nil { rule.accepted = statuses(members, "accepted", 200...299) }
    rule.transient = members.conditions("transient")
    rule.accountProblem = members.conditions("account_problem")
    rule.proofOfNonAcceptance = members.conditions("proof_of_non_acceptance")
    return rule
  }

  func cancel(_ top: Members) -> CancelRule {
    guard let members = members(top, .cancel) else {
      return CancelRule()
    }
    var rule = CancelRule()
    if members["accepted"] != nil { rule.accepted = statuses(members, "accepted", 200...299) }
    rule.tooLate = statuses(members, "too_late", 200...599)
    rule.outcomes = outcomes(members, "words", caseSensitive: false)
    return rule
  }

  private func statuses(_ members: Members, _ name: String, _ range: ClosedRange<Int>) -> Set<Int> {
    Set(
      members.list(name, max: 32) { (json, place) -> Int? in
        if let status = json.int, range.contains(status) { return status }
        let (low, high) = (range.lowerBound, range.upperBound)
        problems.error(place, "expected an HTTP status from \(low) to \(high)")
        return nil
      })
  }

  func outcomes(_ members: Members, _ name: String, caseSensitive: Bool) -> [String: Outcome] {
    var outcomes: [String: Outcome] = [:]
    let entries = members.entries(name) { (_, value, place) -> Outcome? in
      Members.word(value, at: place, problems)
    }
    for (word, outcome) in entries {
      let key = caseSensitive ? word : word.normalised
      if key.isEmpty || key.utf8.count > StateRule.wordMax {
        problems.error(
          members.place + [name, word], "a word has 1 to \(StateRule.wordMax) bytes")
      }
      if let other = outcomes[key], other != outcome {
        problems.error(
          members.place + [name, word], "the same word in another case means '\(other.rawValue)'")
      }
      outcomes[key] = outcome
    }
    return outcomes
  }
}
