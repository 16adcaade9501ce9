// A log against a checkpoint that was kept elsewhere.

import LMDB
import Wire

/// A checkpoint and whose signature is believed.
package struct CheckpointCheck: Sendable {
  private let checkpoint: Checkpoint
  /// Nil: the home's own key.
  private let trusted: [UInt8]?

  /// - Parameter trusted: a public key kept outside the home; nil believes the home's own, which
  ///   whoever can write there can change too.
  package init(_ checkpoint: Checkpoint, trusted: [UInt8]? = nil) {
    self.checkpoint = checkpoint
    self.trusted = trusted
  }

  /// What is wrong; nil when the log is the one that was signed, as far as that goes.
  func complaint<Snapshot: Transaction & ~Copyable>(
    _ home: Home, _ log: borrowing LogSnapshot<Snapshot>
  ) throws -> String? {
    if let complaint = try complaintOfKey(home) { return complaint }
    let meta = try log.meta()
    guard checkpoint.ledgerID == meta.ledgerID else {
      return "it is of another ledger: \(Hex.text(checkpoint.ledgerID)), this one is "
        + Hex.text(meta.ledgerID)
    }
    let place = "position \(checkpoint.position)"
    guard checkpoint.incarnation <= meta.incarnation else {
      return "it is newer than the log: of incarnation \(checkpoint.incarnation), the log is of "
        + "\(meta.incarnation); was an older copy put in place?"
    }
    let end = try log.end().position
    guard let hash = try log.hash(at: checkpoint.position) else {
      return "it is newer than the log: \(place) was signed, the log ends at \(end); events are "
        + "missing" + (try restoredSince(meta, log))
    }
    guard hash == checkpoint.hash else {
      return "the events up to \(place) are not the ones that were signed"
        + (try restoredSince(meta, log))
    }
    return nil
  }

  private func complaintOfKey(_ home: Home) throws -> String? {
    guard let key = try trusted ?? SigningKey.publicKey(of: home) else {
      return "this home has no key to check it by: give the signer's with --public-key"
    }
    guard key == checkpoint.publicKey else {
      return "it was signed with another key: \(Hex.text(checkpoint.publicKey)), and what is "
        + "believed is \(Hex.text(key))"
    }
    return checkpoint.isSigned(by: key) ? nil : "its signature is wrong: the file was changed"
  }

  /// A restore that its operator knew to lose events explains what is missing.
  private func restoredSince<Snapshot: Transaction & ~Copyable>(
    _ meta: LogMeta, _ log: borrowing LogSnapshot<Snapshot>
  ) throws -> String {
    guard checkpoint.incarnation < meta.incarnation, let restored = try log.newestRestore() else {
      return ""
    }
    return "; it was signed before the restore of a backup that ended at \(restored.backupHead)"
  }

  /// For the words of a good check.
  var summary: String {
    "position \(checkpoint.position), signed at \(checkpoint.signedAt) with key "
      + "\(Hex.text(Checkpoint.keyID(of: checkpoint.publicKey)))"
  }
}
