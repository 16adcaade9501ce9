// Commands on the house itself: policies, pauses, the poller's comings and goings.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  /// - Returns: the event that did it before; nil when the group has the events.
  mutating func decideHouse(_ action: Action, _ group: inout Group) throws -> Position? {
    switch action {
    case .setPolicy(let name, let value):
      try decidePolicy(name, value, &group)
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
    case .reread(let reread):
      let body = ProviderReread(
        since: reread.since, profile: reread.profile, replies: reread.replies,
        changed: reread.changed)
      group.add(Draft(.provider(reread.provider), .providerReread(body)))
    case .pollerStarted(let program, let pid, let inFlight):
      let body = PollerStarted(program: program, pid: pid, inFlight: inFlight)
      group.add(Draft(.poller, .pollerStarted(body)))
    case .pollerStopped(let reason):
      group.add(Draft(.poller, .pollerStopped(PollerStopped(reason: reason))))
    case .noteCheckpoint(let checkpoint): try note(checkpoint, &group)
    default: preconditionFailure("the clerk's other parts decide this")
    }
    return nil
  }

  private func note(_ checkpoint: Checkpoint, _ group: inout Group) throws {
    guard try log.hash(at: checkpoint.position) == checkpoint.hash else {
      throw Refusal(
        .conflict, "the log is not the one that was signed: a backup was restored meanwhile",
        next: "ledger checkpoint")
    }
    let body = LedgerCheckpointSigned(
      atPosition: checkpoint.position, chainHash: checkpoint.hash.bytes,
      keyID: Checkpoint.keyID(of: checkpoint.publicKey), signature: checkpoint.signature)
    group.add(Draft(.ledger, .ledgerCheckpointSigned(body)))
  }
}

extension Subject.Name {
  static func provider(_ name: String) -> Subject.Name {
    Subject.Name(kind: .provider, id: name)
  }

  /// The active poller: one per home.
  static let poller = Subject.Name(kind: .poller, id: "poller")
}
