// The sections that say what a provider costs and how fast it may be asked.

import Ledger
import Wire

extension ProfileReader {
  func billing(_ top: Members) -> BillingRule {
    var rule = BillingRule()
    guard let json = top["billing"] else { return rule }
    let members = Members(
      json, at: ["billing"], problems,
      names: [
        "charge", "reported", "charge_customer", "charge_completed_steps", "provider_charges",
      ])
    rule.charge = charge(members)
    rule.chargeCustomer = Set(
      members.list("charge_customer", max: 16) { json, place in
        Members.word(json, at: place, problems)
      })
    rule.chargeCompletedSteps = members.flag("charge_completed_steps") ?? false
    let hints = members.entries("provider_charges") { (name, value, place) -> BillingRule.Hint? in
      let known: FailureClass? = Members.word(.string(name), at: place, problems)
      return known == nil ? nil : Members.word(value, at: place, problems)
    }
    for (name, hint) in hints {
      if let known = FailureClass(name: name) { rule.providerCharges[known] = hint }
    }
    return rule
  }

  private func charge(_ members: Members) -> BillingRule.Charge {
    let kind = members.text("charge") ?? "full"
    switch kind {
    case "full":
      if members["reported"] != nil {
        members.error("reported", "has no effect unless 'charge' is 'reported'")
      }
      return .full
    case "reported":
      guard let json = members.required("reported") else { return .full }
      let inner = Members(
        json, at: ["billing", "reported"], problems, names: ["pointers", "rate"])
      _ = inner.required("pointers")
      guard inner.required("rate") != nil, let text = inner.text("rate", max: 40),
        let rate = DecimalText(text), rate.digits > 0
      else {
        inner.error("rate", "expected credits per reported unit, a decimal in quotes: \"0.5\"")
        return .full
      }
      return .reported(inner.pointers("pointers"), rate: rate)
    default:
      members.error("charge", "expected full or reported")
      return .full
    }
  }

  func limits(_ top: Members) -> ProfileLimits {
    var limits = ProfileLimits()
    guard let json = top["limits"] else { return limits }
    let members = Members(
      json, at: ["limits"], problems,
      names: ["in_flight", "patience_s", "retention_s", "output_life_s", "poll"])
    let year = 366 * 86_400
    limits.inFlight = members.int("in_flight", 1...10_000) ?? limits.inFlight
    limits.patienceSeconds = members.int("patience_s", 1...year) ?? limits.patienceSeconds
    limits.retentionSeconds = members.int("retention_s", 1...year) ?? limits.retentionSeconds
    limits.outputLifeSeconds = members.int("output_life_s", 1...year)
    guard let json = members["poll"] else { return limits }
    let poll = Members(
      json, at: ["limits", "poll"], problems,
      names: ["start_s", "max_s", "factor", "jitter", "slow_s"])
    limits.poll.startSeconds = poll.number("start_s", 0.1...3600) ?? limits.poll.startSeconds
    limits.poll.maxSeconds = poll.number("max_s", 0.1...86_400) ?? limits.poll.maxSeconds
    limits.poll.factor = poll.number("factor", 1...10) ?? limits.poll.factor
    limits.poll.jitter = poll.number("jitter", 0...1) ?? limits.poll.jitter
    limits.poll.slowSeconds = poll.number("slow_s", 1...86_400) ?? limits.poll.slowSeconds
    if limits.poll.maxSeconds < limits.poll.startSeconds {
      poll.error("max_s", "lies below start_s")
    }
    return limits
  }
}
