// The frozen records and the event table as tests use them: opened into pairs, changed, put
// together again with a right checksum and hash.

import Posix
import Testing
import Wire

@testable import Ledger

/// A record of schemas/golden, or one made from it.
struct GoldenRecord {
  static let folder = EventTable.folder + "/golden"

  var bytes: [UInt8]

  /// - Parameter since: with the fields that were there then.
  init(_ type: EventType, since: Int = 1) throws {
    let path = "\(GoldenRecord.folder)/\(type.name)" + GoldenRecord.ending(since)
    let text = String(decoding: try #require(try FileSystem.read(path)), as: UTF8.self)
    bytes = try #require(Hex.bytes(text.filter { !$0.isNewline }))
  }

  /// How the name of a frozen record ends.
  static func ending(_ since: Int) -> String {
    since == 1 ? ".v1.hex" : ".v1-since\(since).hex"
  }

  /// The same header around another body, with the checksum and the hash that follow.
  func with(_ body: Body) -> GoldenRecord {
    var copy = self
    var content = Array(bytes[..<RecordHeader.byteCount]) + body.encoded
    SHA256.link(.zero, content.bytes.extracting(droppingFirst: 4)).append(to: &content)
    content.replace(
      at: 0, littleEndian: CRC32C.checksum(content.bytes.extracting(droppingFirst: 4)))
    copy.bytes = content
    return copy
  }

  var body: Body {
    get throws {
      try Body(Array(bytes[RecordHeader.byteCount..<bytes.count - Digest.byteCount]))
    }
  }

  func decoded() throws(RecordError) -> RecordedEvent { try Record(bytes.bytes).decoded(at: 1) }

  // `Record` borrows its bytes and cannot pass through `#expect`; these answers can.
  var header: RecordHeader { get throws { try Record(bytes.bytes).header } }
  var hash: Digest { get throws { try Record(bytes.bytes).hash } }
  var isIntact: Bool { get throws { try Record(bytes.bytes).isIntact } }
  func isChained(to previous: Digest) throws -> Bool {
    try Record(bytes.bytes).isChained(to: previous)
  }

  /// The bytes of an event as the program writes them at position 1.
  static func encode(_ event: RecordedEvent) -> [UInt8] {
    var writer = CBORWriter()
    var bytes: [UInt8] = []
    _ = Record.encode(
      event.header, event.event, event.envelope, after: .zero, scratch: &writer, into: &bytes)
    return bytes
  }
}

/// A record's map, pair by pair.
struct Body {
  struct Pair {
    var key: Int64
    /// The value's CBOR.
    var value: [UInt8]
  }

  var pairs: [Pair] = []

  init(_ bytes: [UInt8]) throws {
    var reader = CBORReader(bytes.bytes)
    for _ in 0..<(try reader.map()) {
      let key = try reader.integer()
      let start = reader.offset
      try reader.skip()
      pairs.append(Pair(key: key, value: Array(bytes[start..<reader.offset])))
    }
  }

  var encoded: [UInt8] {
    var writer = CBORWriter()
    writer.map(count: pairs.count)
    var bytes = writer.bytes
    for pair in pairs {
      writer.reset()
      writer.integer(pair.key)
      bytes += writer.bytes + pair.value
    }
    return bytes
  }

  func without(_ key: Int64) -> Body {
    var copy = self
    copy.pairs.removeAll { $0.key == key }
    return copy
  }

  func setting(_ key: Int64, to value: [UInt8]) throws -> Body {
    var copy = self
    let index = try #require(pairs.firstIndex { $0.key == key })
    copy.pairs[index].value = value
    return copy
  }

  /// With one more pair, in its place: 0, 1, 2, ..., then −1, −2, ...
  func adding(_ key: Int64, _ value: [UInt8]) -> Body {
    var copy = self
    let index = pairs.firstIndex { key >= 0 ? $0.key > key || $0.key < 0 : $0.key < key }
    copy.pairs.insert(Pair(key: key, value: value), at: index ?? pairs.count)
    return copy
  }
}

/// schemas/events.json, read by a test for itself.
enum EventTable {
  static let folder =
    #filePath.split(separator: "/").dropLast(3)
    .reduce(into: "") { $0 += "/" + $1 } + "/schemas"

  struct Field {
    let key: Int64
    let kind: String
    let isRequired: Bool
    let since: Int
  }

  static func json() throws -> JSON {
    try JSON(parsing: try #require(try FileSystem.read(folder + "/events.json")))
  }

  static func types() throws -> [(type: EventType, fields: [Field])] {
    try #require(try json()["events"]?.array).map { event in
      let code = try #require(event["code"]?.int)
      let type = try #require(EventType(rawValue: UInt16(code)))
      return (type, try #require(event["fields"]?.array).map(field))
    }
  }

  static func fields(of type: EventType) throws -> [Field] {
    try #require(try types().first { $0.type == type }).fields
  }

  private static func field(_ json: JSON) throws -> Field {
    Field(
      key: Int64(try #require(json["key"]?.int)), kind: try #require(json["kind"]?.string),
      isRequired: json["required"]?.bool ?? false,
      since: Int(try #require(json["since"]?.int)))
  }
}
