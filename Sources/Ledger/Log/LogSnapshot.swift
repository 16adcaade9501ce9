// Reading the log under one transaction: its end, one event, many in order, free text.

package import LMDB
package import Wire

/// The log as one transaction sees it.
package struct LogSnapshot<Snapshot: Transaction & ~Copyable>: ~Copyable {
  let transaction: Snapshot
  let tables: LogTables

  init(_ transaction: consuming Snapshot, _ tables: LogTables) {
    self.transaction = transaction
    self.tables = tables
  }

  /// Position and chain hash of the last event; 0 and the zero hash in an empty log.
  package func end() throws(BooksError) -> (position: Position, hash: Digest) {
    do {
      let cursor = try transaction.cursor(tables.events)
      guard let row = try cursor.last() else { return (0, .zero) }
      let record = try Record(row.value)
      return (try row.number, record.hash)
    } catch {
      throw BooksError(error)
    }
  }

  /// The chain hash at a position; nil when there is no such event.
  package func hash(at position: Position) throws(BooksError) -> Digest? {
    do {
      guard let bytes = try transaction.value(tables.events, position) else { return nil }
      return try Record(bytes).hash
    } catch {
      throw BooksError(error)
    }
  }

  /// The event at a position; nil for 0 and behind the log's end.
  /// - Throws: `BooksError.damaged` where it is not there or not what was written.
  package func event(at position: Position) throws(BooksError) -> RecordedEvent? {
    try record(at: position) { try $0.verified(at: position) }
  }

  /// The position of the same subject's event before this one, without a look at the rest of it; 0
  /// before its first.
  /// - Throws: `BooksError.damaged` where there is no such event, or one that leads on: whoever
  ///   walks a chain back comes to its end.
  func previous(of position: Position) throws(BooksError) -> Position {
    let found = try record(at: position) { record in
      guard record.header.previous < position else { throw RecordError.changed(position) }
      return record.header.previous
    }
    guard let found else { throw .missing(position) }
    return found
  }

  /// What `read` makes of the record at a position; nil for 0 and behind the log's end.
  private func record<Found>(
    at position: Position, _ read: (borrowing Record) throws -> Found
  ) throws(BooksError) -> Found? {
    do {
      guard position > 0 else { return nil }
      let cursor = try transaction.cursor(tables.events)
      guard let row = try cursor.seek(position), try row.number == position else {
        if try position <= end().position { throw BooksError.missing(position) }
        return nil
      }
      let found = try read(try Record(row.value))
      // Only its key tells a record's place: one that changed stands behind a stranger.
      guard try cursor.previous()?.number ?? 0 == position - 1 else {
        throw BooksError.missing(position)
      }
      return found
    } catch {
      throw BooksError(error)
    }
  }

  /// Calls `body` with every record from `first` through `last`, in order, until it returns false.
  package func scan(
    from first: Position, through last: Position = .max,
    _ body: (Position, borrowing Record) throws -> Bool
  ) throws {
    let cursor = try transaction.cursor(tables.events)
    var next = try cursor.seek(first)
    while let row = next {
      let position: Position = try row.number
      guard position <= last else { return }
      let record = try Record(row.value)
      guard try body(position, record) else { return }
      next = try cursor.next()
    }
  }

  /// Calls `body` with every event from `first` through `last`, in order, until it returns false.
  /// - Throws: `BooksError.damaged` where one is not there or not what was written.
  package func events(
    from first: Position, through last: Position = .max, _ body: (RecordedEvent) throws -> Bool
  ) throws {
    var expected = max(first, 1)
    try scan(from: first, through: last) { position, record in
      guard position == expected else { throw BooksError.missing(expected) }
      expected += 1
      return try body(try record.verified(at: position))
    }
  }

  /// The positions of the group that an event belongs to.
  package func group(of position: Position) throws -> ClosedRange<Position> {
    var first = position
    while first > 1, let event = try event(at: first), !event.header.flags.contains(.first) {
      first -= 1
    }
    var last = position
    while let event = try event(at: last), !event.header.flags.contains(.last) { last += 1 }
    return first...last
  }

  /// Free text by its name; nil when it was erased.
  /// - Throws: `BooksError.damaged` when it is not the text that was kept.
  package func blob(_ name: BlobName) throws(BooksError) -> [UInt8]? {
    guard let blob = try storedBlob(name.ordinal) else { return nil }
    guard SaltedDigest(salt: blob.salt, content: blob.content) == name.digest else {
      throw .damaged("blob \(name.ordinal) is not what was kept", position: nil)
    }
    return blob.content
  }

  /// The salt of a kept blob, without unpacking its content; nil when it was erased.
  func blobSalt(_ ordinal: UInt64) throws(BooksError) -> [UInt8]? {
    do {
      guard let row = try transaction.value(tables.blobs, ordinal) else { return nil }
      return StoredBlob.salt(of: row)
    } catch {
      throw BooksError(error)
    }
  }

  func storedBlob(_ ordinal: UInt64) throws(BooksError) -> StoredBlob? {
    do {
      guard let bytes = try transaction.value(tables.blobs, ordinal) else {
        throw BooksError.damaged("blob \(ordinal) is not there", position: nil)
      }
      if bytes.byteCount == 0 { return nil }  // erased
      guard let blob = StoredBlob(bytes) else {
        throw BooksError.damaged("blob \(ordinal) cannot be read", position: nil)
      }
      return blob
    } catch {
      throw BooksError(error)
    }
  }

  /// The newest blob's ordinal; 0 when there is none.
  func lastBlob() throws(BooksError) -> UInt64 {
    do {
      let cursor = try transaction.cursor(tables.blobs)
      return try cursor.last()?.number ?? 0
    } catch {
      throw BooksError(error)
    }
  }

  package func meta() throws(BooksError) -> LogMeta {
    do {
      let key = LogMeta.key
      guard let bytes = try transaction.value(tables.meta, key.bytes), let meta = LogMeta(bytes)
      else { throw BooksError.damaged("the log's meta row is not what was written", position: nil) }
      return meta
    } catch {
      throw BooksError(error)
    }
  }
}
