// Two independent readers, Foundation's and ours, over the same random and damaged texts: they
// agree, or the difference has one of the reasons below.

import Foundation
import Support
import Testing

import Wire

@Suite("Against Foundation's JSONSerialization", .seeded) struct JSONDifferentialTests {
  @Test("random documents are read as the same value", arguments: 0..<10)
  func documents(_ stream: Int) throws {
    var random = Seed.generator(for: "json differential \(stream)")
    for _ in 0..<100 { try compare(RandomJSON.value(&random).bytes) }
  }

  @Test("damaged documents are read alike, or the difference has a known reason", arguments: 0..<10)
  func mutations(_ stream: Int) throws {
    var random = Seed.generator(for: "json mutations \(stream)")
    for _ in 0..<50 {
      let bytes = RandomJSON.value(&random, depth: 3).bytes
      for _ in 0..<10 { try compare(RandomJSON.mutated(bytes, &random)) }
    }
  }

  /// Why Foundation may accept what we refuse.
  enum Laxity: CaseIterable {
    case repeatedName, trailingComma, otherEncoding, byteOrderMark, deeperThan64

    /// Whether the text shows this at the byte where we stopped.
    func explains(_ error: JSONError, in bytes: [UInt8]) -> Bool {
      switch self {
      case .repeatedName: error.reason == "member name appears twice"
      case .trailingComma:
        // A bracket where an item should stand, and a comma as the last token before it.
        error.offset < bytes.count && [0x5D, 0x7D].contains(bytes[error.offset])
          && bytes[..<error.offset].last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) } == 0x2C
      case .otherEncoding: bytes.prefix(4).contains(0)  // UTF-16 or -32 by NULs (RFC 4627 §3)
      case .byteOrderMark: bytes.starts(with: [0xEF, 0xBB, 0xBF])
      case .deeperThan64: error.reason == "deeper than 64 levels"
      }
    }
  }

  private func compare(_ bytes: [UInt8]) throws {
    let theirs = Result {
      try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    }
    let ours = Result { try JSON(parsing: bytes) }
    switch (ours, theirs) {
    case (.success(let mine), .success(let other)):
      let difference = Comparison.difference(mine, other)
      #expect(difference == nil)
    case (.failure(let error), .success):
      let refusal = try #require(error as? JSONError)
      #expect(
        Laxity.allCases.contains { $0.explains(refusal, in: bytes) },
        "only Foundation accepts \(Hex.text(bytes)): \(refusal)")
    case (.success(let mine), .failure(let error)):
      #expect(
        Comparison.holdsNumberBeyondDouble(mine), "only we accept \(mine.text): \(error)")
    case (.failure, .failure): break
    }
  }

  @Test(
    "the reasons are real: Foundation accepts what we refuse",
    arguments: [
      (Laxity.repeatedName, Array(#"{"a":1,"a":2}"#.utf8)), (.trailingComma, Array("[1, ]".utf8)),
      (.otherEncoding, [0x5B, 0x00, 0x5D, 0x00]), (.byteOrderMark, [0xEF, 0xBB, 0xBF, 0x5B, 0x5D]),
      (
        .deeperThan64,
        Array((String(repeating: "[", count: 65) + String(repeating: "]", count: 65)).utf8)
      ),
    ])
  func reasons(_ reason: Laxity, _ bytes: [UInt8]) throws {
    _ = try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)
    let error = try #require(#expect(throws: JSONError.self) { try JSON(parsing: bytes) })
    #expect(Laxity.allCases.filter { $0.explains(error, in: bytes) } == [reason])
  }
}

/// Our value against Foundation's objects.
private enum Comparison {
  /// The first place where the two differ, in words; nil when they agree.
  static func difference(_ mine: JSON, _ other: Any) -> String? {
    let agree: Bool
    switch (mine, other) {
    case (.null, is NSNull): agree = true
    case (.bool(let flag), let number as Bool): agree = flag == number
    case (.number(let text), let number as NSNumber): agree = Comparison.agree(text, number)
    case (.string(let text), let string as String):
      agree = withoutMarks(text).hasSameBytes(as: withoutMarks(string))
    case (.array(let items), let array as [Any]) where items.count == array.count:
      return zip(items, array).lazy.compactMap(difference).first
    case (.object(let object), let dictionary as [String: Any]):
      return difference(object, dictionary)
    default: agree = false
    }
    return agree ? nil : "\(mine.text) is not \(other) (\(type(of: other)))"
  }

  /// Foundation's dictionary merges names that are canonically equivalent; any of them may survive.
  private static func difference(_ object: JSONObject, _ dictionary: [String: Any]) -> String? {
    let mine = Dictionary(grouping: object.members) { withoutMarks($0.name) }
    let theirs = Dictionary(grouping: dictionary) { withoutMarks($0.key) }
    guard Set(mine.keys) == Set(theirs.keys) else { return "other names: \(dictionary.keys)" }
    for (name, entries) in theirs {
      for entry in entries {
        let differences = (mine[name] ?? []).map { difference($0.value, entry.value) }
        if !differences.contains(nil) { return differences.first ?? nil }
      }
    }
    return nil
  }

  /// Foundation on Linux drops U+FEFF where a string or a part of it begins; we keep it.
  private static func withoutMarks(_ text: String) -> String {
    var view = text.unicodeScalars
    view.removeAll { $0 == "\u{FEFF}" }
    return String(view)
  }

  /// Integers exactly where Foundation keeps them exactly, all else to a Double's precision.
  private static func agree(_ text: String, _ number: NSNumber) -> Bool {
    if let whole = Int64(text) { return number.int64Value == whole }
    if let whole = UInt64(text) { return number.uint64Value == whole }
    // By its text: the `doubleValue` of a decimal number errs in the last places.
    guard let mine = Double(text), mine.isFinite, let other = Double(number.stringValue) else {
      return false
    }
    return abs(mine - other) <= abs(mine) * 1e-15
  }

  /// Foundation refuses a number that no Double holds; we keep its text.
  static func holdsNumberBeyondDouble(_ value: JSON) -> Bool {
    switch value {
    case .number: value.double == nil
    case .array(let items): items.contains(where: holdsNumberBeyondDouble)
    case .object(let object): object.members.contains { holdsNumberBeyondDouble($0.value) }
    default: false
    }
  }
}
