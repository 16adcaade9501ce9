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
/// program may have written them.
func readBody<Body: EventBody>(
  _ empty: Body, from reader: inout CBORReader, _ envelope: inout Envelope
) throws(CBORError) -> Body {
  var body = empty
  var known = 0
  for _ in 0..<(try reader.map()) {
    let key = try reader.integer()
    if key >= 0 {
      if try body.read(key, from: &reader) { known += 1 } else { try reader.skip() }
    } else if try !envelope.read(key, from: &reader) {
      try reader.skip()
    }
  }
  // Required fields count whether they were read or not, so a missing one shows here.
  guard known == body.fieldCount else {
    throw CBORError(reason: "a required field of \(Body.self) is missing", offset: reader.offset)
  }
  return body
}
