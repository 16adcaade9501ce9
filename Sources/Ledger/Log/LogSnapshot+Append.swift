// Appending: the only code that writes events.

import LMDB
import Posix
import Wire

extension LogSnapshot where Snapshot == WriteTransaction {
  /// Adds the field tables that an older program did not know, so that the log explains itself.
  func completeSchemas() throws(LMDBError) {
    let (key, size) = (SchemaText.sizeKey, SchemaText.size)
    if let known = try transaction.value(tables.meta, key.bytes), known.byteCount == 4,
      known.littleEndian(UInt32.self, at: 0) >= size
    {
      return
    }
    for (key, text) in SchemaText.all { try transaction.put(tables.schemas, key.bytes, text.bytes) }
    var row: [UInt8] = []
    row.append(littleEndian: size)
    try transaction.put(tables.meta, key.bytes, row.bytes)
  }

  /// Appends a group and folds it into the views as it goes. Nothing is durable before the
  /// transaction commits.
  /// - Returns: the events as recorded.
  func append<Source: RowSource & ~Copyable>(
    _ group: Group, key: CommandKey?, by command: Command, at now: Timestamp,
    to views: inout Views<Source>, _ scratch: inout AppendScratch
  ) throws -> [RecordedEvent] {
    precondition(group.first == views.position + 1, "a group is decided against the log's end")
    precondition(group.drafts.count <= Limits.groupEvents, "a group is bounded")
    var events: [RecordedEvent] = []
    events.reserveCapacity(group.drafts.count)
    let isImport = if case .importRow = command.action { true } else { false }
    for (index, draft) in group.drafts.enumerated() {
      var envelope = Envelope()
      envelope.step = draft.step
      envelope.cause = draft.cause != 0 ? draft.cause : command.cause
      envelope.actor = command.actor
      envelope.by = command.by
      envelope.trace = index == 0 ? command.trace : nil
      envelope.key = index == 0 ? key : nil
      envelope.nextAt = draft.nextAt
      var flags: RecordHeader.Flags = isImport ? [.imported] : []
      if index == 0 { flags.insert(.first) }
      if index == group.drafts.count - 1 { flags.insert(.last) }
      let event = try append(draft, flags, envelope, at: now, views: &views, &scratch)
      try views.apply(event)
      events.append(event)
    }
    return events
  }

  private func append<Source: RowSource & ~Copyable>(
    _ draft: Draft, _ flags: RecordHeader.Flags, _ envelope: Envelope, at now: Timestamp,
    views: inout Views<Source>, _ scratch: inout AppendScratch
  ) throws -> RecordedEvent {
    var envelope = envelope
    var previous: Position = 0
    var firstBlob: UInt64 = 0
    let subject: SubjectNumber
    if let known = try views.number(of: draft.subject), let row = try views.subject(known) {
      (subject, previous, firstBlob) = (known, row.last, row.firstBlob)
    } else {
      subject = views.fold.subjects.count + 1
      envelope.subject = draft.subject
    }
    var event = draft.event
    try event.replaceBlobs { blob in
      guard case .content(let bytes) = blob else { return }
      blob = .stored(
        try keep(bytes, of: subject, firstBlob: &firstBlob, views: &views, &scratch))
    }
    let header = RecordHeader(
      type: event.type.rawValue, version: 1, flags: flags, time: now, subject: subject,
      previous: previous)
    let position = views.position + 1
    let hash = Record.encode(
      header, event, envelope, after: views.hash, scratch: &scratch.writer,
      into: &scratch.record)
    try transaction.append(tables.events, position, scratch.record.bytes)
    return RecordedEvent(
      position: position, header: header, envelope: envelope, event: event, hash: hash)
  }

  /// Keeps free text beside the chain, equal bytes once per subject.
  private func keep<Source: RowSource & ~Copyable>(
    _ bytes: [UInt8], of subject: SubjectNumber, firstBlob: inout UInt64,
    views: inout Views<Source>, _ scratch: inout AppendScratch
  ) throws -> BlobName {
    // All texts of a subject share one salt; once that is erased, each new text gets its own.
    let known = firstBlob == 0 ? nil : try blobSalt(firstBlob)
    let salt = known ?? Machine.randomBytes(StoredBlob.saltBytes)
    let digest = SaltedDigest(salt: salt, content: bytes)
    if known != nil, let ordinal = try views.blob(digest, of: subject),
      try blobSalt(ordinal) != nil
    {
      return BlobName(ordinal: ordinal, digest: digest)
    }
    let ordinal = try (scratch.lastBlob ?? lastBlob()) + 1
    scratch.lastBlob = ordinal
    if firstBlob == 0 { firstBlob = ordinal }
    try transaction.append(
      tables.blobs, ordinal, StoredBlob(salt: salt, content: bytes).encoded.bytes)
    return BlobName(ordinal: ordinal, digest: digest)
  }
}

/// Memory reused over the appends of one transaction.
struct AppendScratch {
  var writer = CBORWriter()
  var record: [UInt8] = []
  /// The newest blob's ordinal, once it was looked up.
  var lastBlob: UInt64?
}
