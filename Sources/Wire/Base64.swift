// Base64 (RFC 4648): signatures, keys and data: URLs.

package enum Base64 {
  package enum Alphabet: Sendable {
    /// Section 4, with `+` and `/`.
    case standard
    /// Section 5, with `-` and `_`.
    case url
  }

  /// - Parameter padded: whether `=` fills the last group of four.
  package static func encode(
    _ bytes: [UInt8], alphabet: Alphabet = .standard, padded: Bool = true
  ) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var index = 0
    while index < bytes.count {
      let left = min(3, bytes.count - index)
      var group = UInt32(0)
      for offset in 0..<3 {
        group = group << 8 | (offset < left ? UInt32(bytes[index + offset]) : 0)
      }
      for place in 0..<(left + 1) {
        text.append(digit(UInt8(group >> UInt32(18 - 6 * place) & 63), alphabet))
      }
      if padded { text.append(contentsOf: repeatElement(0x3D, count: 3 - left)) }
      index += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes of a text in either alphabet, padded or not; nil for anything else: other
  /// characters, a length no text has, or bits that stand for nothing (section 3.5), so that no two
  /// texts of one alphabet mean the same bytes.
  package static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var digits = Array(text.utf8)
    let padding = digits.reversed().prefix { $0 == 0x3D }.count
    if padding > 0 {
      guard padding <= 2, digits.count.isMultiple(of: 4) else { return nil }
      digits.removeLast(padding)
    }
    guard digits.count % 4 != 1 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count * 3 / 4)
    var group = UInt32(0)
    var bits = 0
    for byte in digits {
      guard let value = value(of: byte) else { return nil }
      group = group << 6 | UInt32(value)
      bits += 6
      if bits >= 8 {
        bits -= 8
        bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
        group &= 1 << UInt32(bits) - 1
      }
    }
    return group == 0 ? bytes : nil
  }

  private static func digit(_ value: UInt8, _ alphabet: Alphabet) -> UInt8 {
    switch value {
    case 0..<26: UInt8(ascii: "A") + value
    case 26..<52: UInt8(ascii: "a") + value - 26
    case 52..<62: UInt8(ascii: "0") + value - 52
    case 62: alphabet == .url ? UInt8(ascii: "-") : UInt8(ascii: "+")
    default: alphabet == .url ? UInt8(ascii: "_") : UInt8(ascii: "/")
    }
  }

  private static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }
}
