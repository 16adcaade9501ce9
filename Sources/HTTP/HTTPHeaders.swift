// Header fields in the order they stand on the wire (RFC 9110 §5), kept in one buffer because a
// poller reads thousands of replies a second and looks at one or two fields of each.

/// Header fields in order; names compare without regard to case.
package struct HTTPHeaders: Sendable, Equatable {
  /// A name and its value lie side by side in `bytes`.
  private struct Field: Sendable, Equatable {
    var start: Int32
    var nameEnd: Int32
    var end: Int32
  }

  private var bytes: [UInt8] = []
  private var fields: [Field] = []

  package init() {}

  package init(_ fields: [(String, String)]) {
    for (name, value) in fields { append(name, value) }
  }

  /// Adds a field at the end; earlier fields of that name stay.
  package mutating func append(_ name: String, _ value: String) {
    append(name: name.utf8, value: value.utf8)
  }

  mutating func append(name: some Sequence<UInt8>, value: some Sequence<UInt8>) {
    let start = Int32(bytes.count)
    bytes.append(contentsOf: name)
    let nameEnd = Int32(bytes.count)
    bytes.append(contentsOf: value)
    fields.append(Field(start: start, nameEnd: nameEnd, end: Int32(bytes.count)))
  }

  /// Joins an obsolete folded line to the last value with one space (RFC 9112 §5.2).
  mutating func continueLast(with value: some Sequence<UInt8>) {
    guard let last = fields.indices.last else { return }
    bytes.append(UInt8(ascii: " "))
    bytes.append(contentsOf: value)
    fields[last].end = Int32(bytes.count)
  }

  /// The first value of that name; nil when there is none. Bytes that are not UTF-8 are repaired.
  package subscript(_ name: String) -> String? {
    let wanted = name.utf8
    return fields.first { matches($0, wanted) }.map(value)
  }

  /// Every value of that name, in order.
  package func values(of name: String) -> [String] {
    let wanted = name.utf8
    return fields.filter { matches($0, wanted) }.map(value)
  }

  private func matches(_ field: Field, _ wanted: String.UTF8View) -> Bool {
    let name = bytes[Int(field.start)..<Int(field.nameEnd)]
    return name.count == wanted.count
      && zip(name, wanted).allSatisfy { lowercased($0) == lowercased($1) }
  }

  private func lowercased(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private func value(_ field: Field) -> String {
    String(decoding: bytes[Int(field.nameEnd)..<Int(field.end)], as: UTF8.self)
  }
}

extension HTTPHeaders: RandomAccessCollection {
  package var startIndex: Int { 0 }
  package var endIndex: Int { fields.count }
  package subscript(_ position: Int) -> (name: String, value: String) {
    let field = fields[position]
    let name = bytes[Int(field.start)..<Int(field.nameEnd)]
    return (String(decoding: name, as: UTF8.self), value(field))
  }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, String)...) { self.init(elements) }
}

extension HTTPHeaders: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Names only: values are where tokens are.
  package var description: String { "[" + map(\.name).joined(separator: ", ") + "]" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
