// The section that says how a job is found in the provider's list.

import Wire

extension ProfileReader {
  static let reconcileNames = [
    "list", "items", "next", "pages_max", "after_s", "attempts", "match",
  ]

  /// The section's own request goes to `requests`, like those of the other phases.
  func reconcile(
    _ top: Members, _ requests: inout [RequestPhase: RequestRule]
  ) -> ReconcileRule? {
    guard let json = top["reconcile"] else { return nil }
    let members = Members(
      json, at: ["reconcile"], problems, names: ProfileReader.reconcileNames)
    guard members.required("list") != nil else { return nil }
    requests[.list] = request(members, .list)
    if let list = requests[.list], list.url == nil, list.variants.isEmpty {
      problems.error(["reconcile", "list", "url"], "'url' is required")
    }
    var rule = ReconcileRule()
    if members.required("items") != nil { rule.items = members.pointers("items") }
    if let json = members["next"] {
      let next = Members(
        json, at: ["reconcile", "next"], problems, names: ["pointers", "query"])
      _ = next.required("pointers")
      rule.next = next.pointers("pointers")
      rule.cursorParameter = next.text("query", max: 128)
    }
    rule.pagesMax = members.int("pages_max", 1...ReconcileRule.pagesMost) ?? rule.pagesMax
    rule.afterSeconds = members.number("after_s", 0.1...3600) ?? rule.afterSeconds
    rule.attempts = members.int("attempts", 1...20) ?? rule.attempts
    if let json = members.required("match") { rule.match = match(json) }
    return rule
  }

  private func match(_ json: JSON) -> MatchRule {
    let members = Members(
      json, at: ["reconcile", "match"], problems,
      names: ["job_id", "input", "equal_min", "model", "created", "within_s"])
    var rule = MatchRule()
    rule.jobID = members.pointers("job_id")
    rule.input = members.pointers("input")
    rule.equalMin = members.int("equal_min", 1...100) ?? rule.equalMin
    rule.model = members.pointers("model")
    rule.created = members.pointers("created")
    rule.withinSeconds = members.int("within_s", 1...86_400) ?? rule.withinSeconds
    let isCertain =
      !rule.jobID.paths.isEmpty || !rule.input.paths.isEmpty && !rule.created.paths.isEmpty
    if !isCertain {
      problems.error(
        ["reconcile", "match"],
        "a job is known by 'job_id', or by 'input' and 'created': without them another one's "
          + "output could be taken for it")
    }
    return rule
  }
}
