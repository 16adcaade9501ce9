// An event as JSON: the contract's fields, its body rendered from the event table and nothing else,
// so that a new field or type needs no line here.

package import Wire

extension Snapshot {
  /// The contract's fields (INTERFACES, "events"), then what only some events carry: `next_at`,
  /// `trace`, `key` with `scope` and `command`.
  package mutating func json(_ event: RecordedEvent) throws -> JSON {
    try json(event, .reading)
  }

  /// - Parameter form: for whom: a reader, or an import.
  mutating func json(_ event: RecordedEvent, _ form: EventForm) throws -> JSON {
    let subject = try views.subject(event.subject)
    let envelope = event.envelope
    var object = JSONObject()
    object["position"] = .int(event.position)
    object["type"] = .string(event.event.type.name)
    object["version"] = .int(event.header.version)
    object["at"] = .string(event.time.description)
    object["subject"] = .text(subject?.name.description)
    object["previous"] = .int(event.header.previous)
    let names = try names(event, subject)
    object["job"] = .text(names.job)
    object["account"] = .text(names.account)
    object["step"] = .int(envelope.step)
    object["actor"] = .string(envelope.actor.name)
    object["by"] = .text(envelope.by)
    object["cause"] = envelope.cause == 0 ? .null : .int(envelope.cause)
    object["data"] = try data(event, form)
    object["hash"] = .string(Hex.text(event.hash.bytes))
    if let time = envelope.nextAt { object["next_at"] = .string(time.description) }
    if let trace = envelope.trace { object["trace"] = .string(trace) }
    if let key = envelope.key {
      object["key"] = .string(key.key)
      object["scope"] = .string(key.scope)
      object["command"] = .string(Hex.text(key.command))
    }
    return .object(object)
  }

  /// Ids of the job and the account that an event is about; nil where there is none.
  package mutating func names(
    _ event: RecordedEvent
  ) throws -> (job: String?, account: String?) {
    try names(event, try views.subject(event.subject))
  }

  private mutating func names(
    _ event: RecordedEvent, _ subject: Subject?
  ) throws -> (job: String?, account: String?) {
    switch subject?.name.kind {
    case .job:
      let account = try views.job(event.subject)?.account
      return (subject?.name.id, try account.flatMap { try views.subject($0) }?.name.id)
    case .account: return (nil, subject?.name.id)
    default: return (nil, nil)
    }
  }

  /// Every field present, by name. A poll shows its contract's fields even when no answer came.
  private mutating func data(_ event: RecordedEvent, _ form: EventForm) throws -> JSON {
    let schema = EventSchemas.fields(of: event.event.type)
    var object = JSONObject()
    if form == .reading, case .jobPolled = event.event {
      for name in ["http_status", "latency_ms", "word"] { object[name] = .null }
    }
    var writer = CBORWriter()
    event.event.body.encode(to: &writer)
    let bytes = writer.bytes
    var reader = CBORReader(bytes.bytes)
    while !reader.isAtEnd {
      let key = try reader.integer()
      guard let field = schema.first(where: { $0.key == key }) else {
        try reader.skip()
        continue
      }
      object[field.name] = try value(field.kind, &reader, form)
    }
    return .object(object)
  }

  private mutating func value(
    _ kind: FieldKind, _ reader: inout CBORReader, _ form: EventForm
  ) throws -> JSON {
    switch kind {
    case .uint, .position: return .int(try reader.unsigned())
    case .int: return .int(try reader.integer())
    case .bool: return .bool(try reader.bool())
    case .text: return .string(try reader.text())
    case .bytes: return .string(Hex.text(try reader.byteString()))
    case .credits: return .credits(try reader.field())
    case .time:
      let time: Timestamp = try reader.field()
      // Beyond the years that RFC 3339 can write, an import needs the number.
      return form == .reading || Timestamp(time.description) == time
        ? .time(time) : .int(time.microseconds)
    case .subject:
      let name = try views.subject(try reader.unsigned())?.name
      return .text(form == .reading ? name?.id : name?.description)
    case .blob, .textBlob, .jsonBlob:
      let reference: BlobReference = try reader.field()
      return form == .reading ? try blob(kind, reference) : JSON.blob(reference)
    case .lines:
      let lines: [BucketLine] = try reader.field()
      return .array(lines.map { [.int($0.bucket), .credits($0.amount)] })
    case .creditsList:
      let amounts: [Credits] = try reader.field()
      return .array(amounts.map(JSON.credits))
    case .code(let codes): return .text(name(codes, UInt8(clamping: try reader.unsigned())))
    }
  }

  /// Text and JSON stand inline, other bytes are named; erased ones are null.
  private func blob(_ kind: FieldKind, _ reference: BlobReference) throws -> JSON {
    guard let name = reference.name else { return .null }
    guard case .blob = kind else {
      guard let bytes = try log.blob(name) else { return .null }
      let text = JSON.string(String(decoding: bytes, as: UTF8.self))
      if case .jsonBlob = kind { return (try? JSON(parsing: bytes)) ?? text }
      return text
    }
    guard let count = try log.blobLength(name) else { return .null }
    return [
      "blob": .int(name.ordinal), "bytes": .int(count),
      "digest": .string(Hex.text(name.digest.bytes)),
    ]
  }

  private func name<Code: NamedCode>(_ codes: Code.Type, _ raw: UInt8) -> String? {
    Code(rawValue: raw)?.name
  }
}

/// For whom an event is written as JSON.
enum EventForm: Sendable {
  /// Texts inline, subjects by id, erased texts null.
  case reading
  /// Texts and bytes by number and digest, subjects with their kind: nothing is lost.
  case exchange
}

extension JSON {
  /// A kept text by its number and salted digest; its content stands on a line of its own.
  static func blob(_ reference: BlobReference) -> JSON {
    guard let name = reference.name else { return .null }
    return ["blob": .int(name.ordinal), "digest": .string(Hex.text(name.digest.bytes))]
  }
}
