// Writes JSON: one line, members in the order given, everything a terminal could obey escaped.

extension JSON {
  /// The value as one line of JSON.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Room for a job's status: growing on the way there would copy it six times.
  private static let usualBytes = 1024

  /// The value as one line of JSON, UTF-8.
  package var bytes: [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(JSON.usualBytes)
    write(to: &output, sorted: false)
    return output
  }

  /// The same value always as the same bytes: members sorted by their names' UTF-8. For digests.
  package var canonicalBytes: [UInt8] {
    var output: [UInt8] = []
    write(to: &output, sorted: true)
    return output
  }

  private func write(to output: inout [UInt8], sorted: Bool) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let flag): output.append(contentsOf: (flag ? "true" : "false").utf8)
    case .number(let text): output.append(contentsOf: text.utf8)
    case .string(let text): JSON.writeString(text, to: &output)
    case .array(let items):
      output.append(UInt8(ascii: "["))
      for (index, item) in items.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        item.write(to: &output, sorted: sorted)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let object):
      let members =
        sorted
        ? object.members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        : object.members
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { output.append(UInt8(ascii: ",")) }
        JSON.writeString(member.name, to: &output)
        output.append(UInt8(ascii: ":"))
        member.value.write(to: &output, sorted: sorted)
      }
      output.append(UInt8(ascii: "}"))
    }
  }

  /// A quoted string. Besides what RFC 8259 asks, DEL, the C1 controls, U+2028/2029 and the
  /// bidirectional overrides are escaped, so that no provider's text can steer a terminal, reorder
  /// a line or break a line-based reader.
  package static func writeString(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    var text = text
    let isPlain = text.withUTF8 { bytes in
      guard unsafe JSON.isPlain(bytes) else { return false }
      unsafe output.append(contentsOf: bytes)
      return true
    }
    if !isPlain { for scalar in text.unicodeScalars { writeScalar(scalar, to: &output) } }
    output.append(UInt8(ascii: "\""))
  }

  /// Nothing but ASCII that stands for itself between quotes: the common case. Without a way out of
  /// the loop it is done many bytes at a time.
  private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var odd: UInt8 = 0
    for index in bytes.indices {
      let byte = unsafe bytes[index]
      let isOdd =
        byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
      odd |= isOdd ? 1 : 0
    }
    return odd == 0
  }

  private static func writeScalar(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
    switch scalar.value {
    case 0x22: output.append(contentsOf: "\\\"".utf8)
    case 0x5C: output.append(contentsOf: "\\\\".utf8)
    case 0x0A: output.append(contentsOf: "\\n".utf8)
    case 0x0D: output.append(contentsOf: "\\r".utf8)
    case 0x09: output.append(contentsOf: "\\t".utf8)
    case 0..<0x20, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069:
      output.append(contentsOf: "\\u".utf8)
      for shift in [12, 8, 4, 0] {
        output.append(Hex.digit(UInt8(scalar.value >> UInt32(shift) & 0xF)))
      }
    default: output.append(contentsOf: UTF8.encode(scalar)!)
    }
  }
}
