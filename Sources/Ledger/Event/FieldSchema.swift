// The field table as data, for output that names every field without knowing the types.

/// One field of an event type.
struct FieldSchema: Sendable {
  let key: Int64
  let name: String
  let kind: FieldKind

  init(_ key: Int64, _ name: String, _ kind: FieldKind) {
    self.key = key
    self.name = name
    self.kind = kind
  }
}

/// How a field's value is to be read and shown.
enum FieldKind: Sendable {
  case uint, int, bool, text, bytes, credits, time, subject, position
  case blob, textBlob, jsonBlob, lines, creditsList
  /// A number with a name.
  case code(any NamedCode.Type)
}

extension FieldKind {
  /// The word in the log's own schemas: that of schemas/events.json, and `code` for a set of names.
  var name: String {
    switch self {
    case .uint: "uint"
    case .int: "int"
    case .bool: "bool"
    case .text: "text"
    case .bytes: "bytes"
    case .credits: "credits"
    case .time: "time"
    case .subject: "subject"
    case .position: "position"
    case .blob: "blob"
    case .textBlob: "text_blob"
    case .jsonBlob: "json_blob"
    case .lines: "lines"
    case .creditsList: "credits_list"
    case .code: "code"
    }
  }
}
