// Where the standard leaves the choice (JSONTestSuite's i_ cases) and where our bounds lie.

import Testing

@testable import Wire

@Suite("Choices and bounds of the JSON reader") struct JSONLimitTests {
  /// Each choice with its reason.
  @Test(
    "what the standard leaves open is decided",
    arguments: [
      // Money and seeds: a number is text, so no magnitude is too large or too fine.
      (JSONSample("a huge exponent", "1e99999999999999999999"), true),
      (JSONSample("a huge negative exponent", "-1e-99999999999999999999"), true),
      (JSONSample("an integer of 200 digits", "1" + String(repeating: "0", count: 199)), true),
      // Noncharacters are legal UTF-8 and legal JSON; we carry them.
      (JSONSample("a noncharacter", quoted: [0xEF, 0xBF, 0xBE]), true),
      (JSONSample("a noncharacter of another plane", #""\uD83F\uDFFE""#), true),
      // A byte order mark must not be written (RFC 8259 §8.1); a reader may refuse it, we do.
      (JSONSample("a byte order mark", "\u{FEFF}{}"), false),
      // No String can hold a lone surrogate; replacing it would change the reply's digest.
      (JSONSample("a lone surrogate", #"["\uD888"]"#), false),
      // Names should be unique (§4): two readers of one reply must never see two values.
      (JSONSample("a repeated name", #"{"status":"ok","status":"failed"}"#), false),
      // 64 levels: no provider sends ten.
      (JSONSample("64 levels", nested(64)), true),
      (JSONSample("65 levels", nested(65)), false),
      (JSONSample("500 levels", nested(500)), false),
    ])
  func choice(_ sample: JSONSample, accepted: Bool) {
    if accepted {
      #expect(throws: Never.self) { try JSON(parsing: sample.bytes) }
    } else {
      #expect(throws: JSONError.self) { try JSON(parsing: sample.bytes) }
    }
  }

  static func nested(_ depth: Int) -> String {
    String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
  }

  @Test(
    "a depth bomb is refused at the level beyond the bound, without using the stack",
    arguments: ["[", "{\"a\":", "[{\"a\":"])
  func depthBomb(_ unit: String) {
    let error = #expect(throws: JSONError.self) {
      try JSON(parsing: String(repeating: unit, count: 1_000_000))
    }
    #expect(error?.reason == "deeper than 64 levels")
    #expect((error?.offset ?? .max) < 65 * unit.utf8.count)
  }

  @Test("objects and arrays count as levels alike; siblings do not add up")
  func depthCounting() throws {
    let limits = JSONLimits(depth: 2)
    _ = try JSON(parsing: #"[{},[],{},[]]"#, limits: limits)
    _ = try JSON(parsing: #"{"a":[1,2],"b":{}}"#, limits: limits)
    #expect(throws: JSONError.self) { try JSON(parsing: #"{"a":[{}]}"#, limits: limits) }
    #expect(throws: JSONError.self) { try JSON(parsing: "[]", limits: JSONLimits(depth: 0)) }
    _ = try JSON(parsing: "1", limits: JSONLimits(depth: 0))
  }

  @Test("the length bound counts bytes and is inclusive")
  func lengthBound() throws {
    _ = try JSON(parsing: "\"\u{E9}\"", limits: JSONLimits(bytes: 4))
    #expect(throws: JSONError(reason: "longer than 3 bytes", offset: 3)) {
      try JSON(parsing: "\"\u{E9}\"", limits: JSONLimits(bytes: 3))
    }
    let atBound = [UInt8](repeating: 0x20, count: (8 << 20) - 1) + [0x30]
    #expect(try JSON(parsing: atBound) == 0)
    #expect(throws: JSONError.self) { try JSON(parsing: atBound + [0x20]) }
  }

  @Test("the bound on values counts every value, containers included, and not the names")
  func valueBound() throws {
    let limits = JSONLimits(values: 4)
    _ = try JSON(parsing: #"{"a":[1,2]}"#, limits: limits)
    #expect(throws: JSONError.self) { try JSON(parsing: #"{"a":[1,2,3]}"#, limits: limits) }
  }
}
