// Signing where the chain stands.

import Posix

extension Books {
  /// Signs the log's end and records that it was signed.
  /// - Returns: the checkpoint, to be kept elsewhere, and the event that says so.
  /// - Throws: `BooksError`; `denied` when the key cannot be read, or by others too.
  @available(*, noasync)
  package func signCheckpoint(
    actor: Actor, by name: String?
  ) throws -> (checkpoint: Checkpoint, receipt: Receipt) {
    let key = try gate.pass {
      _ = try lock.lock(.exclusive, wait: true)
      defer { lock.unlock() }
      return try SigningKey.ofHome(home)
    }
    let mark = try read { snapshot in
      let meta = try snapshot.log.meta()
      return HeadMark(
        ledgerID: meta.ledgerID, incarnation: meta.incarnation, position: snapshot.head,
        hash: snapshot.views.hash)
    }
    let checkpoint = Checkpoint(of: mark, at: clock(), by: key)
    let receipt = try append(Command(.noteCheckpoint(checkpoint), actor: actor, by: name))
    return (checkpoint, receipt)
  }
}
