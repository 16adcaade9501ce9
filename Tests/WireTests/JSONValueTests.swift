// Looking into a value: numbers as integers and floats, equality byte for byte, changing members.

import Testing

import Wire

@Suite("A JSON value") struct JSONValueTests {
  @Test(
    "a number is an integer only if it is written as one that fits",
    arguments: [
      ("0", 0), ("-0", 0), ("42", 42), ("9223372036854775807", Int.max),
      ("-9223372036854775808", Int.min), ("9223372036854775808", nil),
      ("17454220438242315174", nil), ("1.0", nil), ("1e3", nil), ("\"1\"", nil), ("null", nil),
    ] as [(String, Int?)])
  func integer(_ text: String, _ expected: Int?) throws {
    #expect(try JSON(parsing: text).int == expected)
  }

  @Test(
    "a number is a float only inside Double's range, so never infinite",
    arguments: [
      ("0.5", 0.5), ("-1e3", -1000), ("1e308", 1e308), ("1e-400", 0), ("1e309", nil),
      ("-1e99999", nil), ("\"0.5\"", nil), ("true", nil),
    ] as [(String, Double?)])
  func float(_ text: String, _ expected: Double?) throws {
    #expect(try JSON(parsing: text).double == expected)
  }

  @Test(
    "values are equal exactly when they are written alike",
    arguments: [
      ("1", "1", true), ("1", "1.0", false), ("1e2", "100", false), ("0", "-0", false),
      ("\"a\"", "\"\\u0061\"", true), ("\"\u{E9}\"", "\"e\u{301}\"", false),
      ("{\"\u{E9}\":1}", "{\"e\u{301}\":1}", false), ("[1,2]", "[2,1]", false),
      ("{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", false), ("null", "false", false),
      ("[]", "{}", false),
      ("1", "\"1\"", false), ("[[null]]", "[[null]]", true),
    ])
  func equality(_ left: String, _ right: String, _ equal: Bool) throws {
    #expect((try JSON(parsing: left) == JSON(parsing: right)) == equal)
  }

  @Test("members are found by their bytes, not by Unicode equivalence")
  func exactNames() throws {
    let value = try JSON(parsing: "{\"e\u{301}\":1}")
    #expect(value["e\u{301}"] == 1)
    #expect(value["\u{E9}"] == nil)
  }

  @Test("setting a member replaces in place, appends when new, removes with nil")
  func setting() {
    var object = JSONObject([.init("a", 1), .init("b", 2)])
    object["a"] = "one"
    object["c"] = 3
    object["b"] = nil
    object["missing"] = nil
    #expect(JSON.object(object).text == #"{"a":"one","c":3}"#)
    object["c"] = .null
    #expect(JSON.object(object).text == #"{"a":"one","c":null}"#)
  }

  @Test("the accessors answer for their own kind only")
  func accessors() throws {
    let value: JSON = ["s": "x", "b": true, "n": nil, "a": [1], "o": [:]]
    #expect(value["s"]?.string == "x")
    #expect(value["b"]?.bool == true)
    #expect(value["n"]?.isNull == true)
    #expect(value["a"]?.array == [1])
    #expect(value["o"]?.object == JSONObject())
    #expect(value["s"]?.bool == nil && value["b"]?.string == nil && value["a"]?.object == nil)
    #expect(value["o"]?.array == nil && value["s"]?.isNull == false)
    #expect(value["missing"] == nil)
    #expect(JSON.null["s"] == nil)
  }
}
