// Erasing free text: the log is rewritten without it. Chain, money and every digest stay as they
// were, because none of them was ever made from a text without its salt, and the salt goes too.

import LMDB
import Posix
package import Wire

/// What an erasure did.
package struct ErasureReport: Sendable, Equatable {
  /// Texts that are gone, and the bytes they took.
  package let blobs: Int
  package let bytes: UInt64
  /// Jobs that had never been sent, and now never are.
  package let canceled: [String]
  /// Jobs that go on at a provider: what they bring from now on is kept until it is erased too.
  package let open: [String]
  /// The last event of it; the log's head when there was nothing to do.
  package let position: Position
  /// True when there was nothing to do.
  package let isRepeated: Bool
}

extension Books {
  /// Erases all free text of an account and of its jobs, and cancels those that were never sent.
  /// - Throws: `Refusal` when there is no such account; `BooksError`.
  @available(*, noasync)
  package func forget(
    account id: String, reason: String?, actor: Actor, by name: String?
  ) throws -> ErasureReport {
    let author = Command(actor: actor, by: name)
    do {
      try LiveRelay.empty(home)
    } catch {
      throw BooksError(error)
    }
    return try locked {
      let snapshot = try log.read()
      var views = try generation.read()
      guard let number = try views.number(of: .account(id)) else {
        throw Refusal(.notFound, "there is no account \(id)", next: "ledger accounts")
      }
      let erasure = try Erasure.account(number, &views, snapshot)
      if erasure.ordinals.isEmpty, erasure.unsent.isEmpty,
        let position = try snapshot.forgotten(views.subject(number)?.last)
      {
        // A writer that was killed leaves in free pages what it never acknowledged, and that may be
        // text of this account: a copy has the rows alone.
        var copy = try copy(snapshot, erasing: [])
        try place(&copy)
        return ErasureReport(
          blobs: 0, bytes: 0, canceled: [], open: erasure.open, position: position,
          isRepeated: true)
      }
      return try rewrite(snapshot, erasure) { clerk, now, scratch in
        for job in erasure.unsent {
          let cancel = Command(.job(job, .cancel(reason: nil)), actor: actor, by: name)
          _ = try clerk.carryOut(cancel, now: now, &scratch)
        }
        var group = clerk.emptyGroup
        let forgotten = AccountForgotten(reason: reason.map { BlobReference($0) })
        group.add(Draft(.account(id), .accountForgotten(forgotten)))
        let erased = LedgerBlobsErased(
          account: number, blobs: UInt64(erasure.ordinals.count), bytes: erasure.bytes)
        group.add(Draft(.ledger, .ledgerBlobsErased(erased), cause: group.first))
        try clerk.append(group, by: author, now: now, &scratch)
      }
    }
  }

  /// Erases the free text of jobs that ended and were not heard of since `time`.
  /// - Throws: `BooksError`.
  @available(*, noasync)
  package func prune(
    before time: Timestamp, actor: Actor, by name: String?
  ) throws -> ErasureReport {
    let author = Command(actor: actor, by: name)
    return try locked {
      let snapshot = try log.read()
      var views = try generation.read()
      let erasure = try Erasure.before(time, &views, snapshot)
      guard !erasure.ordinals.isEmpty else {
        return ErasureReport(
          blobs: 0, bytes: 0, canceled: [], open: [], position: views.position, isRepeated: true)
      }
      return try rewrite(snapshot, erasure) { clerk, now, scratch in
        var group = clerk.emptyGroup
        let erased = LedgerBlobsErased(
          before: time, blobs: UInt64(erasure.ordinals.count), bytes: erasure.bytes)
        group.add(Draft(.ledger, .ledgerBlobsErased(erased)))
        try clerk.append(group, by: author, now: now, &scratch)
      }
    }
  }

  /// Alone with the books: views and log at the same position, no leftovers.
  private func locked<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try gate.pass {
        if let poison { throw BooksError.poisoned(poison) }
        _ = try lock.lock(.exclusive, wait: true)
        defer { lock.unlock() }
        try LogRewrite.sweep(home)
        try storeViewsAtEnd()
        return try body()
      }
    } catch {
      throw BooksError.sorted(error)
    }
  }

  /// Puts a log without the erased texts in place.
  /// - Parameter body: appends what is to be known of it.
  private func rewrite(
    _ snapshot: borrowing LogSnapshot<ReadTransaction>, _ erasure: Erasure,
    _ body: (inout Clerk<NoRows, WriteTransaction>, Timestamp, inout AppendScratch) throws -> Void
  ) throws -> ErasureReport {
    var rewrite = try copy(snapshot, erasing: erasure.ordinals)
    let newest = try snapshot.event(at: snapshot.end().position)?.time
    let now = max(clock(), newest ?? clock())
    let position = try rewrite.append { clerk in
      var scratch = AppendScratch()
      try body(&clerk, now, &scratch)
      return clerk.views.position
    }
    try place(&rewrite)
    return ErasureReport(
      blobs: erasure.ordinals.count, bytes: erasure.bytes, canceled: erasure.unsent,
      open: erasure.open, position: position, isRepeated: false)
  }

  /// - Throws: `BooksError.full` when there is no room for a second log.
  private func copy(
    _ snapshot: borrowing LogSnapshot<ReadTransaction>, erasing ordinals: Set<UInt64>
  ) throws -> LogRewrite {
    let needed = UInt64(try log.environment.info().usedBytes) + Books.diskFloor
    guard try FileSystem.freeBytes(home.path) >= needed else {
      throw BooksError.full("a second log needs \(needed) free bytes beside the first")
    }
    return try LogRewrite(of: snapshot, in: home, erasing: ordinals)
  }

  private func place(_ rewrite: inout LogRewrite) throws {
    do {
      (log, generation) = try rewrite.place(in: home, &head) { try interruption?($0) }
    } catch {
      // Perhaps the new log is in place and perhaps not: the next opening sees.
      poison = "\(error)"
      throw BooksError.poisoned("\(error)")
    }
  }
}

extension Clerk where Source: ~Copyable, Snapshot == WriteTransaction {
  /// A group after the log's last event.
  var emptyGroup: Group { Group(after: views.position, subjects: views.fold.subjects.count) }

  /// Appends a group that no command decided.
  mutating func append(
    _ group: Group, by author: Command, now: Timestamp, _ scratch: inout AppendScratch
  ) throws {
    _ = try log.append(group, key: nil, by: author, at: now, to: &views, &scratch)
  }
}

extension LogSnapshot where Snapshot: ~Copyable {
  /// The position behind `position` in a subject's chain, or itself, that says it was forgotten.
  func forgotten(_ position: Position?) throws -> Position? {
    var position = position ?? 0
    while let event = try event(at: position) {
      if case .accountForgotten = event.event { return position }
      position = event.header.previous
    }
    return nil
  }
}
