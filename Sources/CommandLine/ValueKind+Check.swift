// Does a value have the declared shape? One rule per kind, each bounded and total.

import Wire

extension ValueKind {
  /// True when `value` has this shape.
  package func accepts(_ value: String) -> Bool {
    guard value.utf8.count <= ValueKind.valueBytesMax else { return false }
    switch self {
    case .text: return true
    case .identifier: return ValueKind.isIdentifier(value, also: "")
    case .account: return ValueKind.isIdentifier(value, also: "@/")
    case .integer(let range): return ValueKind.integer(value).map(range.contains) ?? false
    case .credits: return ValueKind.isCredits(value[...])
    case .signedCredits:
      return ValueKind.isCredits(value.hasPrefix("-") ? value.dropFirst() : value[...])
    case .duration: return Duration(compact: value) != nil
    case .time, .futureTime: return Timestamp(value) != nil || Duration(compact: value) != nil
    case .positionOrTime: return PositionOrTime(value, now: Timestamp(microseconds: 0)) != nil
    case .path: return !value.isEmpty && value.utf8.count <= ValueKind.pathBytesMax
    case .url: return ValueKind.isURL(value)
    case .json: return (try? JSON(parsing: value)) != nil
    case .pair: return ValueKind.pair(value) != nil
    case .attachment: return ValueKind.attachment(value) != nil
    case .list: return !ValueKind.list(value).isEmpty && !ValueKind.list(value).contains("")
    case .step: return ValueKind.step(value) != nil
    case .choice(let words): return words.contains(value)
    }
  }

  /// PATH_MAX of Linux, bytes (limits.h).
  static let pathBytesMax = 4096
  /// Longest URL accepted, bytes.
  static let urlBytesMax = 8192

  private static func isIdentifier(_ value: String, also extra: StaticString) -> Bool {
    guard (1...identifierBytesMax).contains(value.utf8.count) else { return false }
    return value.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: ":"), UInt8(ascii: "-"):
        true
      default: extra.description.utf8.contains(byte)
      }
    }
  }

  /// Decimal digits with an optional minus: `Int("+5")` is too forgiving for a ledger.
  static func integer(_ value: String) -> Int? {
    guard let first = value.utf8.first, first != UInt8(ascii: "+") else { return nil }
    return Int(value)
  }

  /// Digits, then perhaps a point and 1 to 6 decimals, below Int64.max micro-credits.
  private static func isCredits(_ value: Substring) -> Bool {
    let parts = value.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = parts.count == 2 ? parts[1] : "0"
    guard isDigits(parts[0]), isDigits(decimals), decimals.utf8.count <= 6 else { return false }
    let padding = String(repeating: "0", count: 6 - decimals.utf8.count)
    return Int64(parts[0] + decimals + padding) != nil
  }

  private static func isDigits(_ value: Substring) -> Bool {
    !value.isEmpty && value.utf8.allSatisfy { (0x30...0x39).contains($0) }
  }

  /// Only the outline: the HTTP side has the last word on what it will contact.
  private static func isURL(_ value: String) -> Bool {
    guard value.utf8.count <= urlBytesMax, value.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
      return false
    }
    let lower = value.prefix(8).lowercased()
    let rest = lower.hasPrefix("https://") ? 8 : lower.hasPrefix("http://") ? 7 : 0
    guard rest > 0, let first = value.dropFirst(rest).first else { return false }
    return !"/?#:@".contains(first)
  }

  /// `KEY=VALUE`; the key is not empty and ends at the first `=`.
  static func pair(_ value: String) -> (key: String, value: String)? {
    guard let equals = value.firstIndex(of: "="), equals > value.startIndex else { return nil }
    return (String(value[..<equals]), String(value[value.index(after: equals)...]))
  }

  /// `/POINTER=FILE`; the pointer ends at the first `=`.
  static func attachment(_ value: String) -> (pointer: JSONPointer, path: String)? {
    guard let (key, path) = pair(value), !path.isEmpty, let pointer = JSONPointer(key) else {
      return nil
    }
    return (pointer, path)
  }

  /// The words between commas.
  static func list(_ value: String) -> [String] {
    value.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  /// `N/M`, 1 ≤ N ≤ M ≤ `stepsMax`.
  static func step(_ value: String) -> (number: Int, of: Int)? {
    let parts = value.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let number = integer(String(parts[0])),
      let total = integer(String(parts[1])), (1...stepsMax).contains(total),
      (1...total).contains(number)
    else { return nil }
    return (number, total)
  }
}
