// What makes two commands the same: ids, numbers and times, never free text.

import Wire

extension Action {
  /// What a key of the caller's choice is unique within.
  var scope: String {
    switch self {
    case .grant: "grant"
    case .submit: "submit"
    case .track: "track"
    case .refund: "refund"
    case .adjust: "adjust"
    case .job(_, .resolve): "resolve"
    case .job(_, .deliver): "deliver"
    case .notify(let message): message.scope
    default: "other"
    }
  }

  /// First 16 bytes of SHA-256 of the canonical command; nil for commands that need no key.
  var digest: [UInt8]? {
    guard let canonical else { return nil }
    return Array(SHA256.digest(canonical.canonicalBytes).bytes.prefix(16))
  }

  private var canonical: JSON? {
    switch self {
    case .grant(let grant):
      [
        "grant": .string(grant.account), "amount": .int(grant.amount.micros),
        "expires": grant.expires?.canonical ?? .null, "priority": .int(grant.priority),
      ]
    case .submit(let submission): ["submit": Action.canonical(submission)]
    case .track(let tracking):
      [
        "track": Action.canonical(tracking.submission),
        "external_id": tracking.handle.externalID.map(JSON.string) ?? .null,
        "urls": .object(tracking.handle.urls), "step": .int(tracking.handle.step ?? 0),
        "charged": tracking.charged.map { .int($0.micros) } ?? .null,
      ]
    case .refund(let refund):
      [
        "refund": .string(refund.job),
        "amount": refund.amount.map { .int($0.micros) } ?? .null,
      ]
    case .adjust(let adjustment):
      ["adjust": .string(adjustment.account), "amount": .int(adjustment.amount.micros)]
    case .job(let id, .resolve(let resolution, _)):
      ["resolve": .string(id), "as": .string(resolution.name)]
    case .job(let id, .deliver(let delivery)) where delivery.failure == nil:
      [
        "deliver": .string(id), "channel": .string(delivery.channel.name),
        "consumer": delivery.consumer.map(JSON.string) ?? .null,
        "through": delivery.through.map { .int($0) } ?? .null,
      ]
    // A message is the same for ever by its provider's id of it, whatever was delivered with it.
    case .notify(let message): ["webhook": .string(message.provider)]
    default: nil
    }
  }

  private static func canonical(_ submission: Submission) -> JSON {
    var canonical = JSONObject(single(submission))
    // Only where there is one: commands without keep the digests they have in the logs.
    canonical["plan"] = submission.plan.map { plan in
      .array(
        plan.steps.map { step in
          [
            "provider": .string(step.provider), "model": step.model.map(JSON.string) ?? .null,
            "share": .int(step.share.micros),
          ]
        })
    }
    return .object(canonical)
  }

  private static func single(_ submission: Submission) -> [JSONObject.Member] {
    let members: JSON = [
      "id": .string(submission.id), "account": .string(submission.account),
      "provider": .string(submission.provider),
      "model": submission.model.map(JSON.string) ?? .null,
      "hold": .int(submission.hold.micros),
      "patience": submission.patienceMilliseconds.map { .int($0) } ?? .null,
      "hold_expires": submission.holdExpires?.canonical ?? .null,
    ]
    return members.object?.members ?? []
  }
}
