// The field tables as JSON, kept inside every log, so that a file can be read years later without
// this program.

import Wire

enum SchemaText {
  /// Rows of the table: one a type, and the envelope's.
  static let count = EventType.allCases.count + 1

  /// Rows of the log's `schemas` table: key = code u16 and version u8, big-endian (code 0 is the
  /// envelope); value = `{"type","version","fields":[{"key","name","kind","codes"?}]}`.
  static var all: [(key: [UInt8], text: [UInt8])] {
    var rows = [row(code: 0, name: "envelope", EventSchemas.envelope)]
    for type in EventType.allCases {
      rows.append(row(code: type.rawValue, name: type.name, EventSchemas.fields(of: type)))
    }
    return rows
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
