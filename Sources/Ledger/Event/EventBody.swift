// What every event's body can do; the bodies themselves are generated from schemas/events.json.

package import Wire

/// The fields of one type of event.
package protocol EventBody: Sendable {
  /// Fields present, each a pair of the record's map.
  var fieldCount: Int { get }

  /// Writes the fields present as key and value, keys rising.
  func encode(to writer: inout CBORWriter)

  /// Reads the value of `key` if this body has such a field.
  /// - Returns: false when it has none; the value is then still to be read.
  mutating func read(_ key: Int64, from reader: inout CBORReader) throws(CBORError) -> Bool
}

/// Reads one record's map into a body and the envelope; unknown keys are passed over, for a newer
/// program may have written them. What is accepted is deterministic: keys rise, nothing is missing,
/// and no default is written out, so the same event has the same bytes.
func readBody<Body: EventBody>(
  _ empty: consuming Body, from reader: inout CBORReader, _ envelope: inout Envelope
) throws(CBORError) -> Body {
  var body = empty
  var (known, beside) = (0, 0)
  var last: UInt64?
  for _ in 0..<(try reader.map()) {
    let start = reader.offset
    let key = try reader.integer()
    // Bytewise order of encoded integers (RFC 8949 §4.2.1): 0, 1, 2, ..., then -1, -2, ...
    let rank = UInt64(bitPattern: key >= 0 ? key : .min | ~key)
    if let last, rank <= last { throw CBORError(reason: "keys do not rise", offset: start) }
    last = rank
    if key >= 0 {
      if try body.read(key, from: &reader) { known += 1 } else { try reader.skip() }
    } else if try envelope.read(key, from: &reader) {
      beside += 1
    } else {
      try reader.skip()
    }
  }
  // Required fields count whether they were read or not, so a missing one shows here.
  guard known == body.fieldCount else {
    throw CBORError(reason: "a required field of \(Body.self) is missing", offset: reader.offset)
  }
  guard beside == envelope.fieldCount else {
    throw CBORError(
      reason: "the envelope is incomplete or writes out a default", offset: reader.offset)
  }
  return body
}
