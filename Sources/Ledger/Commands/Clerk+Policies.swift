// Setting a rule of the house: only those of the table, only to what they can be.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  mutating func decidePolicy(
    _ name: String, _ value: String?, _ group: inout Group
  ) throws {
    guard let policy = Policy.named(name) else {
      let names = Policy.all.map(\.name).joined(separator: ", ")
      throw Refusal(
        .invalid, "there is no policy \(name); there are \(names)", next: "ledger config list")
    }
    if let value, !policy.takes(value) {
      throw Refusal(
        .invalid, "\(name) is \(policy.allowed)", next: "ledger config get \(name)")
    }
    try refuseUnstored(name, value)
    group.add(Draft(.ledger, .ledgerPolicySet(LedgerPolicySet(name: name, value: value))))
  }

  /// Charging once outputs are saved needs a place where they are saved.
  private mutating func refuseUnstored(_ name: String, _ value: String?) throws {
    let chargesOnStored =
      try name == Policy.captureOn && value == "stored"
      && views.policy(Policy.store) == nil
    let losesStore =
      try name == Policy.store && value == nil
      && views.policy(Policy.captureOn) == "stored"
    if chargesOnStored {
      throw Refusal(
        .configuration, "capture_on = stored needs a store, and none is set",
        next: "ledger config set store s3://BUCKET/PREFIX")
    }
    if losesStore {
      throw Refusal(
        .configuration, "capture_on is stored, which needs the store",
        next: "ledger config set capture_on succeeded")
    }
  }
}
