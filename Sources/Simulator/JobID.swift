// What job ids look like, provider by provider.

import Wire

/// The alphabets of job ids.
enum JobID: Sendable {
  /// 26 characters as Replicate's (recorded: `hdwst0bb05rgp0cf0p29mzk2am`).
  case base32
  /// A version 4 UUID (RFC 9562 §5.4).
  case uuid

  func next(_ dice: inout SplitMix64) -> String {
    switch self {
    case .base32:
      let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
      return String(decoding: (0..<26).map { _ in alphabet[dice.below(32)] }, as: UTF8.self)
    case .uuid:
      var digits = Array("0123456789abcdef".utf8)
      digits = (0..<32).map { _ in digits[dice.below(16)] }
      digits[12] = UInt8(ascii: "4")
      digits[16] = Array("89ab".utf8)[dice.below(4)]
      for place in [8, 13, 18, 23] { digits.insert(UInt8(ascii: "-"), at: place) }
      return String(decoding: digits, as: UTF8.self)
    }
  }
}
