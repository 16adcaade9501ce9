// An event of an export as a record again: the same fields under the same keys give the same bytes,
// which the chain hash on the line then proves.

import Wire

/// An event line, taken apart.
struct ExchangeEvent {
  let position: Position
  let type: EventType
  let flags: RecordHeader.Flags
  let time: Timestamp
  let subject: Subject.Name
  let previous: Position
  let hash: [UInt8]
  private let line: JSONObject

  init(_ line: JSONObject) throws(Flaw) {
    self.line = line
    position = try line.unsigned("position")
    let word = try line.text("type")
    guard line["version"] == 1, let type = EventType.allCases.first(where: { $0.name == word })
    else {
      throw Flaw("an event of a type or version that this ledger does not know", isNewer: true)
    }
    self.type = type
    guard let words = line["flags"]?.array, words.count <= 3,
      let flags = RecordHeader.Flags(words: words.map { $0.string ?? "" })
    else { throw Flaw("flags are none of first, last, imported") }
    self.flags = flags
    time = try line.time("at")
    subject = try ExchangeEvent.name(try line.text("subject"))
    previous = try line.unsigned("previous")
    hash = try line.hex("hash")
  }

  /// `job:demo-1`
  static func name(_ text: String) throws(Flaw) -> Subject.Name {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let kind = SubjectKind(name: String(parts[0])),
      (1...Limits.subjectBytes).contains(parts[1].utf8.count)
    else { throw Flaw("a subject is a kind, a colon, and 1 to \(Limits.subjectBytes) bytes") }
    return Subject.Name(kind: kind, id: String(parts[1]))
  }

  /// What stands beside the body.
  /// - Parameter isNew: the subject has no event yet.
  func envelope(isNew: Bool) throws(Flaw) -> Envelope {
    var envelope = Envelope()
    envelope.step = try line.unsigned("step")
    guard envelope.step <= Limits.stepsMax else {
      throw Flaw("a step beyond \(Limits.stepsMax)")
    }
    if line["cause"].map({ !$0.isNull }) ?? false { envelope.cause = try line.unsigned("cause") }
    guard let actor = Actor(name: try line.text("actor")) else { throw Flaw("an unknown actor") }
    envelope.actor = actor
    envelope.by = try line.optionalText("by")
    envelope.trace = try line.optionalText("trace")
    if isNew { envelope.subject = subject }
    if let key = try line.optionalText("key") {
      envelope.key = CommandKey(
        key: key, scope: try line.text("scope"), command: try line.hex("command"))
    }
    if line["next_at"] != nil { envelope.nextAt = try line.time("next_at") }
    return envelope
  }

  /// The body, written as CBOR by the field table and read back by the strict reader.
  /// - Parameter number: the number of a subject named in the body.
  func event(number: (Subject.Name) throws -> SubjectNumber?) throws -> Event {
    guard let data = line["data"]?.object else { throw Flaw("data is no object") }
    var writer = CBORWriter()
    writer.map(count: data.members.count)
    var written = 0
    for field in EventSchemas.fields(of: type) {
      guard data[field.name] != nil else { continue }
      writer.integer(field.key)
      try FieldWriter(data: data, name: field.name).write(field.kind, to: &writer, number: number)
      written += 1
    }
    guard written == data.members.count else {
      throw Flaw("data has a field that \(type.name) has not", isNewer: true)
    }
    var empty = Envelope()
    let bytes = writer.bytes
    var reader = CBORReader(bytes.bytes)
    do throws(CBORError) {
      return try Event.decode(type, from: &reader, envelope: &empty)
    } catch {
      throw Flaw("\(type.name): \(error.reason)")
    }
  }
}
