// Finding a text anywhere in the books: ids, handles, models, inputs, labels, messages, reasons.
// There is no index: the log is looked through from its end, a page at a time.

package import Wire

/// A place where a text was found.
package struct Finding: Sendable {
  package let position: Position
  package let at: Timestamp
  package let type: EventType
  /// `job:demo-1`.
  package let subject: String
  package let job: String?
  package let account: String?
  /// Name of the field that holds it; `id` for a subject's own.
  package let field: String
  /// The text, or the part around what was found.
  package let text: String

  package var json: JSON {
    [
      "position": .int(position), "at": .time(at), "type": .string(type.name),
      "subject": .string(subject), "job": .text(job), "account": .text(account),
      "field": .string(field), "text": .string(text),
    ]
  }
}

/// A text that is looked for; small and capital letters of ASCII are the same.
package struct Needle: Sendable {
  /// Looked for in so many bytes of a text.
  static let textBytes = Limits.messageBytes
  /// Shown on each side of what was found, bytes.
  static let excerptBytes = 60

  private let bytes: [UInt8]

  /// Nil for an empty text and beyond `Limits.wordBytes`.
  package init?(_ text: String) {
    guard (1...Limits.wordBytes).contains(text.utf8.count) else { return nil }
    bytes = text.utf8.map(Needle.lower)
  }

  /// The part of `text` around the first place; nil when it is not there.
  func excerpt(of text: some Collection<UInt8>) -> String? {
    let text = Array(text.prefix(Needle.textBytes))
    guard text.count >= bytes.count else { return nil }
    for start in 0...(text.count - bytes.count) where Needle.lower(text[start]) == bytes[0] {
      let end = start + bytes.count
      guard text[start..<end].elementsEqual(bytes, by: { Needle.lower($0) == $1 }) else { continue }
      let from = max(0, start - Needle.excerptBytes)
      let to = min(text.count, end + Needle.excerptBytes)
      return (from > 0 ? "…" : "") + String(decoding: text[from..<to], as: UTF8.self)
        + (to < text.count ? "…" : "")
    }
    return nil
  }

  private static func lower(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}

extension Snapshot {
  /// Fields that are looked through besides the subjects' ids. Not what a provider replied: that
  /// is read with `events` and `export`.
  private static var foundFields: Set<String> {
    [
      "external_id", "model", "next_model", "input", "plan", "meta", "message", "reason", "stage",
      "imported",
      "idempotency_key", "notification_id", "consumer", "line_id",
    ]
  }

  /// Events before a position that hold a text, newest first.
  /// - Parameter pageEvents: events looked at.
  /// - Returns: what was found, and where the next page ends; 0 at the log's beginning.
  package mutating func find(
    _ needle: Needle, _ selector: Selector, before: Position, pageEvents: Int
  ) throws -> (found: [Finding], before: Position) {
    let bound = try BoundSelector(selector, &self)
    var found: [Finding] = []
    var position = min(before, head + 1)
    for _ in 0..<pageEvents where position > 1 {
      position -= 1
      guard let event = try log.event(at: position) else { continue }
      if let since = selector.since, event.time < since { return (found, 0) }
      let hits = try hits(needle, event)
      guard !hits.isEmpty, selector.holds(at: event.time), try isMeant(event, bound) else {
        continue
      }
      let subject = try subject(event.subject)?.name.description ?? ""
      let names = try names(event)
      for (field, text) in hits {
        found.append(
          Finding(
            position: position, at: event.time, type: event.event.type, subject: subject,
            job: names.job, account: names.account, field: field, text: text))
      }
    }
    return (found, position <= 1 ? 0 : position)
  }

  private func hits(
    _ needle: Needle, _ event: RecordedEvent
  ) throws -> [(field: String, text: String)] {
    var hits: [(field: String, text: String)] = []
    if let name = event.envelope.subject, let text = needle.excerpt(of: name.id.utf8) {
      hits.append(("id", text))
    }
    let fields = EventSchemas.fields(of: event.event.type)
    guard fields.contains(where: { Snapshot.foundFields.contains($0.name) }) else { return hits }
    var writer = CBORWriter()
    event.event.body.encode(to: &writer)
    let bytes = writer.bytes
    var reader = CBORReader(bytes.bytes)
    while !reader.isAtEnd {
      let key = try reader.integer()
      let field = fields.first { $0.key == key }
      guard let field, Snapshot.foundFields.contains(field.name) else {
        try reader.skip()
        continue
      }
      var text: [UInt8]?
      switch field.kind {
      case .text: text = Array(try reader.text().utf8)
      case .textBlob, .jsonBlob: text = try self.bytes(try reader.field())
      default: try reader.skip()
      }
      if let text, let part = needle.excerpt(of: text) { hits.append((field.name, part)) }
    }
    return hits
  }
}
