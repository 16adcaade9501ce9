// A strict JSON reader (RFC 8259): UTF-8 only, duplicate names refused, depth and size bounded.

extension JSON {
  /// Reads one JSON text.
  /// - Throws: `JSONError` with the byte where reading stopped.
  package init(parsing bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
    guard bytes.count <= limits.bytes else {
      throw JSONError(reason: "longer than \(limits.bytes) bytes", offset: limits.bytes)
    }
    var reader = JSONReader(bytes: bytes, limits: limits)
    self = try reader.document()
  }

  package init(parsing text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) {
    try self.init(parsing: Array(text.utf8), limits: limits)
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  let limits: JSONLimits
  var offset = 0
  var values = 0

  init(bytes: [UInt8], limits: JSONLimits) {
    self.bytes = bytes
    self.limits = limits
  }

  mutating func document() throws(JSONError) -> JSON {
    let value = try value(depth: 0)
    skipSpace()
    guard offset == bytes.count else { throw fail("text after the value") }
    return value
  }

  private func fail(_ reason: String) -> JSONError { JSONError(reason: reason, offset: offset) }

  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      offset += 1
    }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSON {
    values += 1
    guard values <= limits.values else { throw fail("more than \(limits.values) values") }
    skipSpace()
    guard let byte = next else { throw fail("the text ends where a value should stand") }
    switch byte {
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
    default: throw fail("no value begins like this")
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSON) throws(JSONError) -> JSON {
    for byte in text.description.utf8 {
      guard next == byte else { throw fail("expected \(text)") }
      offset += 1
    }
    return value
  }

  private mutating func enter(_ depth: Int) throws(JSONError) {
    guard depth <= limits.depth else { throw fail("deeper than \(limits.depth) levels") }
    offset += 1
    skipSpace()
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSON {
    try enter(depth)
    var items: [JSON] = []
    if next == UInt8(ascii: "]") {
      offset += 1
      return .array(items)
    }
    while true {
      items.append(try value(depth: depth))
      if try closes(with: UInt8(ascii: "]")) { return .array(items) }
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSON {
    try enter(depth)
    var members: [JSONObject.Member] = []
    var names = NameSet()
    if next == UInt8(ascii: "}") {
      offset += 1
      return .object(JSONObject())
    }
    while true {
      skipSpace()
      guard next == UInt8(ascii: "\"") else { throw fail("expected a member's name") }
      let start = offset
      let name = try string()
      guard names.insert(name, after: members) else {
        throw JSONError(reason: "member name appears twice", offset: start)
      }
      skipSpace()
      guard next == UInt8(ascii: ":") else { throw fail("expected ':'") }
      offset += 1
      members.append(JSONObject.Member(name, try value(depth: depth)))
      if try closes(with: UInt8(ascii: "}")) { return .object(JSONObject(members)) }
    }
  }

  /// After an item: true at the closing bracket, false after a comma.
  private mutating func closes(with bracket: UInt8) throws(JSONError) -> Bool {
    skipSpace()
    switch next {
    case bracket:
      offset += 1
      return true
    case UInt8(ascii: ","):
      offset += 1
      return false
    default: throw fail("expected ',' or '\(Character(UnicodeScalar(bracket)))'")
    }
  }

  private mutating func digits() throws(JSONError) {
    let start = offset
    while let byte = next, byte >= 0x30, byte <= 0x39 { offset += 1 }
    guard offset > start else { throw fail("expected a digit") }
  }

  private mutating func number() throws(JSONError) -> String {
    let start = offset
    if next == UInt8(ascii: "-") { offset += 1 }
    if next == UInt8(ascii: "0") { offset += 1 } else { try digits() }
    if next == UInt8(ascii: ".") {
      offset += 1
      try digits()
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      offset += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { offset += 1 }
      try digits()
    }
    return String(decoding: bytes[start..<offset], as: UTF8.self)
  }

  private mutating func string() throws(JSONError) -> String {
    offset += 1
    let start = offset
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      offset += 1
    }
    if next == UInt8(ascii: "\"") {  // the common case: no escapes
      let text = try utf8(bytes[start..<offset])
      offset += 1
      return text
    }
    return try escapedString(from: start)
  }

  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var buffer = Array(bytes[start..<offset])
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        let text = try utf8(buffer[...])
        offset += 1
        return text
      case UInt8(ascii: "\\"):
        offset += 1
        try escape(into: &buffer)
      case 0..<0x20: throw fail("a control character stands unescaped in a string")
      default:
        buffer.append(byte)
        offset += 1
      }
    }
    throw fail("the text ends inside a string")
  }

  private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
    guard let byte = next else { throw fail("the text ends inside an escape") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"): buffer.append(contentsOf: Array(String(try scalar()).utf8))
    default:
      offset -= 1
      throw fail("unknown escape")
    }
  }

  /// `\uXXXX`, with surrogate pairs joined; a lone surrogate is refused, for no UTF-8 says it.
  private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
    let high = try hex4()
    if let scalar = Unicode.Scalar(high) { return scalar }
    guard high < 0xDC00, next == UInt8(ascii: "\\"), offset + 1 < bytes.count,
      bytes[offset + 1] == UInt8(ascii: "u")
    else { throw fail("a lone surrogate") }
    offset += 2
    let low = try hex4()
    guard (0xDC00...0xDFFF).contains(low),
      let scalar = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    else { throw fail("a lone surrogate") }
    return scalar
  }

  private mutating func hex4() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Hex.value(of: byte) else {
        throw fail("expected four hexadecimal digits")
      }
      value = value << 4 | UInt32(digit)
      offset += 1
    }
    return value
  }

  private func utf8(_ slice: ArraySlice<UInt8>) throws(JSONError) -> String {
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw fail("a string is not UTF-8")
    }
    return text
  }
}

/// The names an object has shown so far. Replies have a dozen members, for which looking through
/// them beats hashing; a hostile object of a million members still costs only linear time.
private struct NameSet {
  private static let smallCount = 16
  /// UTF-8 of the names; unused while the object is small.
  private var names: Set<[UInt8]> = []

  /// False when `name` is among `members` already.
  mutating func insert(_ name: String, after members: [JSONObject.Member]) -> Bool {
    if members.count < NameSet.smallCount {
      return !members.contains { $0.name.hasSameBytes(as: name) }
    }
    if names.isEmpty { names = Set(members.map { Array($0.name.utf8) }) }
    return names.insert(Array(name.utf8)).inserted
  }
}
