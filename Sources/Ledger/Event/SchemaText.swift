// The field tables as JSON, kept inside every log, so that a file can be read years later without
// this program.

import Wire

enum SchemaText {
  /// Types, fields and codes described: things are only ever added, so a greater number is newer.
  static let size: UInt32 = {
    var size = 0
    for fields in [EventSchemas.envelope] + EventType.allCases.map(EventSchemas.fields) {
      size += 1 + fields.count
      for field in fields { if case .code(let codes) = field.kind { size += count(codes) } }
    }
    return UInt32(size)
  }()

  /// The row of the log's `meta` table that keeps the size of what is in `schemas`.
  static let sizeKey = Array("schemas".utf8)

  private static func count<Code: NamedCode>(_ type: Code.Type) -> Int { type.allCases.count }

  /// Rows of the log's `schemas` table: key = code u16 and version u8, big-endian (code 0 is the
  /// envelope); value = `{"type","version","fields":[{"key","name","kind","codes"?}]}`.
  static var all: [(key: [UInt8], text: [UInt8])] {
    var rows = [row(code: 0, name: "envelope", EventSchemas.envelope)]
    for type in EventType.allCases {
      rows.append(row(code: type.rawValue, name: type.name, EventSchemas.fields(of: type)))
    }
    return rows
  }

  /// True when `stored` says what this program would, as far as it goes: an older program wrote
  /// fewer fields and codes, a newer one more; what both have is the same.
  static func agrees(_ stored: [UInt8], with own: [UInt8]) -> Bool {
    if stored == own { return true }
    guard let stored = try? JSON(parsing: stored), let own = try? JSON(parsing: own),
      stored["type"] == own["type"], stored["version"] == own["version"],
      let left = stored["fields"]?.array, let right = own["fields"]?.array
    else { return false }
    return zip(left, right).allSatisfy { agrees($0, $1) }
  }

  private static func agrees(_ left: JSON, _ right: JSON) -> Bool {
    let codes = right["codes"]?.object?.members ?? []
    return left["key"] == right["key"] && left["name"] == right["name"]
      && left["kind"] == right["kind"]
      && codes.allSatisfy { left["codes"]?[$0.name] == nil || left["codes"]?[$0.name] == $0.value }
  }

  private static func row(
    code: UInt16, name: String, _ fields: [FieldSchema]
  ) -> (key: [UInt8], text: [UInt8]) {
    let text: JSON = [
      "type": .string(name), "version": 1, "fields": .array(fields.map(describe)),
    ]
    return ([UInt8(code >> 8), UInt8(code & 0xFF), 1], text.bytes)
  }

  private static func describe(_ field: FieldSchema) -> JSON {
    var object = JSONObject()
    object["key"] = .int(field.key)
    object["name"] = .string(field.name)
    object["kind"] = .string(field.kind.name)
    if case .code(let codes) = field.kind { object["codes"] = names(codes) }
    return .object(object)
  }

  private static func names<Code: NamedCode>(_ type: Code.Type) -> JSON {
    .object(
      JSONObject(
        type.allCases.map { JSONObject.Member(String($0.rawValue), .string($0.name)) }))
  }
}
