// What only shows when a profile is seen whole: parts that need one another, and doubts.

import Ledger

struct ProfileJudge {
  let profile: Profile
  let problems: Problems

  func judge() {
    judgeHandle()
    judgeStates()
    judgeClasses()
    judgeNames()
    judgeAddresses()
    if profile.limits.retentionSeconds < profile.limits.patienceSeconds {
      problems.warning(
        ["limits", "patience_s"], "longer than the provider remembers a job (retention_s)")
    }
  }

  private func judgeHandle() {
    let rule = profile.handleRule
    if rule.clientID == nil, rule.externalID.paths.isEmpty, rule.statusURL.paths.isEmpty {
      problems.error(
        ["handle"], "a job must be found again: client_id, external_id or status_url is needed")
    }
    let phases: [(RequestPhase, PointerList, String)] = [
      (.status, rule.statusURL, "status_url"), (.result, rule.resultURL, "result_url"),
      (.cancel, rule.cancelURL, "cancel_url"),
    ]
    for (phase, pointers, name) in phases {
      guard let request = profile.requests[phase], request.url == nil, request.variants.isEmpty,
        pointers.paths.isEmpty
      else { continue }
      problems.error([phase.rawValue, "url"], "needs a url here, or /handle/\(name)")
    }
    if profile.idempotency != nil { judgeIdempotency() }
  }

  /// A key in the body needs a body that is an object.
  private func judgeIdempotency() {
    guard case .body = profile.idempotency, let submit = profile.requests[.submit] else { return }
    if submit.body == nil, submit.variants.allSatisfy({ $0.body == nil }) {
      problems.error(["idempotency", "body"], "the submit has no body")
    }
  }

  private func judgeStates() {
    let outcomes =
      Array(profile.state.outcomes.values) + Array(profile.state.byStatus.values)
      + profile.rules.map(\.consequence)
    let ends = outcomes.contains { $0 == .succeeded || $0 == .finished }
    if !ends { problems.error(["state", "words"], "no word or rule means succeeded or finished") }
    let place =
      profile.state.outcomes.first { $0.value == .finished }.map { ["state", "words", $0.key] }
      ?? ["rules"]
    if outcomes.contains(.finished), profile.requests[.result] == nil {
      problems.error(place, "'finished' needs a 'result' section to fetch the result")
    }
    if profile.outputRules.isEmpty {
      problems.error(["outputs"], "without outputs every success would be failed, no_output")
    }
    let fails = outcomes + profile.finalErrors.map(\.consequence)
    if !fails.contains(where: { $0.failureClass != nil }) {
      problems.warning(["state", "words"], "no word, rule or final error means failed")
    }
    for (index, rule) in profile.finalErrors.enumerated() where rule.consequence.failureClass == nil
    {
      problems.error(
        ["result", "final_errors", String(index), "is"], "a final error is a kind of failure")
    }
  }

  /// Only a 2xx reply can say that data is removed, and an HTTP status alone reads no word.
  private func judgeClasses() {
    for (index, rule) in profile.classes.enumerated()
    where [.ok, .gone, .unknownWord].contains(rule.consequence) {
      problems.error(
        ["classify", String(index), "class"],
        "'\(rule.consequence.name)' comes from words and rules of a 2xx reply, never from here")
    }
  }

  private func judgeNames() {
    for (index, alias) in profile.aliases.enumerated() {
      if !ProfileReader.isName(alias) || alias == profile.name {
        problems.error(
          ["aliases", String(index)], "an alias is another name of a-z, 0-9 and '-'")
      }
    }
  }

  private func judgeAddresses() {
    let handle = profile.handleRule
    let follows = [handle.statusURL, handle.resultURL, handle.cancelURL]
    if follows.contains(where: { !$0.paths.isEmpty }), profile.hosts.isEmpty {
      problems.warning(["hosts"], "follow-up URLs will be used on the base URLs' own hosts only")
    }
    if profile.declaredBase.scheme == "http", !profile.secretNames.isEmpty,
      !["127.0.0.1", "localhost", "[::1]"].contains(profile.declaredBase.host)
    {
      problems.warning(["base_url"], "credentials would travel without TLS")
    }
  }
}
