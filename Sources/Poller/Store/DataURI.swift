// Outputs that come inside the reply: `data:` URLs (RFC 2397).

import Providers
import Wire

struct DataURI: Sendable, Equatable {
  let mediaType: String
  let bytes: [UInt8]

  /// Nil for anything but `data:[TYPE][;PARAMETER...][;base64],DATA`.
  init?(_ text: String) {
    guard text.utf8.starts(with: "data:".utf8), let comma = text.utf8.firstIndex(of: 0x2C) else {
      return nil
    }
    let head = text[text.utf8.index(text.startIndex, offsetBy: 5)..<comma]
    let isBase64 = head.lowercased().hasSuffix(";base64")
    let type = head.prefix { $0 != ";" }
    mediaType = type.isEmpty ? "text/plain" : MediaType.checked(String(type)) ?? "text/plain"
    guard
      let decoded = DataURI.percentDecoded(text.utf8[text.utf8.index(after: comma)...])
    else { return nil }
    guard isBase64 else {
      bytes = decoded
      return
    }
    // Spaces and line ends stand in some providers' long texts.
    let digits = decoded.filter { $0 > 0x20 }
    guard let content = Base64.decode(String(decoding: digits, as: UTF8.self)) else { return nil }
    bytes = content
  }

  /// A small file as a URL of its own.
  static func text(_ bytes: [UInt8], mediaType: String) -> String {
    "data:\(mediaType);base64,\(Base64.encode(bytes))"
  }

  private static func percentDecoded(_ text: Substring.UTF8View) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var rest = text
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit)
      else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
