// A captured reply as a file: `{"status":200,"headers":{},"body":...}`.

import Wire

/// Why a captured reply cannot be read.
package struct TryReplyError: Error, Equatable, CustomStringConvertible {
  package let pointer: String
  package let message: String
  package var description: String { "\(pointer.isEmpty ? "/" : pointer): \(message)" }
}

/// The file `ledger provider try --reply` takes.
package enum TryReply {
  /// A string body is raw bytes, null or none is empty, anything else is JSON. Other members are
  /// passed over, so that pieces of recordings can be used as they are.
  /// - Parameter isMessage: what came by itself has no status; 200 stands for it.
  package static func read(
    _ bytes: [UInt8], isMessage: Bool = false
  ) throws(TryReplyError) -> Reply {
    let json: JSON
    do {
      json = try JSON(parsing: bytes)
    } catch {
      throw TryReplyError(pointer: "", message: error.description)
    }
    guard json.object != nil else {
      throw TryReplyError(pointer: "", message: "expected an object with status, headers, body")
    }
    guard let status = json["status"]?.int ?? (isMessage ? 200 : nil), (100...599).contains(status)
    else {
      throw TryReplyError(pointer: "/status", message: "expected an HTTP status, 100 to 599")
    }
    var headers: [Reply.Header] = []
    if let value = json["headers"], !value.isNull {
      guard let members = value.object?.members else {
        throw TryReplyError(pointer: "/headers", message: "expected an object")
      }
      for member in members {
        guard let texts = member.value.string.map({ [$0] }) ?? texts(of: member.value) else {
          throw TryReplyError(
            pointer: JSONPointer(tokens: ["headers", member.name]).description,
            message: "expected a string or a list of strings")
        }
        headers += texts.map { Reply.Header(member.name, $0) }
      }
    }
    return Reply(status: status, headers: headers, body: body(json["body"] ?? .null))
  }

  private static func texts(of value: JSON) -> [String]? {
    guard let items = value.array else { return nil }
    let texts = items.compactMap(\.string)
    return texts.count == items.count ? texts : nil
  }

  private static func body(_ value: JSON) -> [UInt8] {
    switch value {
    case .null: []
    case .string(let text): Array(text.utf8)
    default: value.bytes
    }
  }
}
