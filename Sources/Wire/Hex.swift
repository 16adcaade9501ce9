// Lower-case hexadecimal, for digests in JSON and for golden files.

package enum Hex {
  /// `[0xAB]` → `"ab"`.
  package static func text(_ bytes: some Sequence<UInt8>) -> String {
    var output: [UInt8] = []
    for byte in bytes {
      output.append(digit(byte >> 4))
      output.append(digit(byte & 0xF))
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The bytes of an even number of hexadecimal digits in either case; nil for anything else.
  package static func bytes(_ text: some StringProtocol) -> [UInt8]? {
    let digits = Array(text.utf8)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var output: [UInt8] = []
    output.reserveCapacity(digits.count / 2)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = value(of: digits[index]), let low = value(of: digits[index + 1]) else {
        return nil
      }
      output.append(high << 4 | low)
    }
    return output
  }

  /// The ASCII digit of a value from 0 to 15.
  package static func digit(_ value: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : 0x57 + value
  }

  /// The value of an ASCII hexadecimal digit; nil for any other byte.
  package static func value(of byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }
}
