// Commands on the house itself: policies, pauses, the poller's comings and goings.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  /// - Returns: the event that did it before; nil when the group has the events.
  mutating func decideHouse(_ action: Action, _ group: inout Group) throws -> Position? {
    switch action {
    case .setPolicy(let name, let value):
      try refuseWithoutStore(name, value)
      group.add(Draft(.ledger, .ledgerPolicySet(LedgerPolicySet(name: name, value: value))))
    case .pause(let pause):
      let account = try pause.account.map { try self.account($0).1 }
      if let position = try views.pause(exactly: pause.provider, account) { return position }
      let body = LedgerSubmissionPaused(
        provider: pause.provider, account: account, class: pause.replyClass,
        reason: BlobReference(pause.reason))
      group.add(Draft(.ledger, .ledgerSubmissionPaused(body)))
    case .unpause(let provider, let account):
      let number = try account.map { try self.account($0).1 }
      guard try views.pause(exactly: provider, number) != nil else {
        throw Refusal(
          .conflict, "submission is not paused for \(provider ?? account ?? "everything")",
          next: "ledger status --summary")
      }
      let body = LedgerSubmissionUnpaused(provider: provider, account: number)
      group.add(Draft(.ledger, .ledgerSubmissionUnpaused(body)))
    case .pollerStarted(let program, let pid, let inFlight):
      let body = PollerStarted(program: program, pid: pid, inFlight: inFlight)
      group.add(Draft(.poller, .pollerStarted(body)))
    case .pollerStopped(let reason):
      group.add(Draft(.poller, .pollerStopped(PollerStopped(reason: reason))))
    default: preconditionFailure("the clerk's other parts decide this")
    }
    return nil
  }
}

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  /// Whoever pays when outputs are stored needs a place to store them.
  private mutating func refuseWithoutStore(_ name: String, _ value: String?) throws {
    switch (name, value) {
    case ("capture_on", "stored"):
      guard try views.policy("store") == nil else { return }
      throw Refusal(
        .configuration, "capture_on = stored needs a store, and none is set",
        next: "ledger config set store ...")
    case ("store", nil):
      guard try views.policy("capture_on") == "stored" else { return }
      throw Refusal(
        .configuration, "capture_on = stored needs the store",
        next: "ledger config set capture_on succeeded")
    default: break
    }
  }
}

extension Subject.Name {
  /// The active poller: one per home.
  static let poller = Subject.Name(kind: .poller, id: "poller")
}
