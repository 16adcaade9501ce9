// What RFC 8259 forbids must be refused, at the byte where it stands.

import Testing

@testable import Wire

@Suite("JSON that must be refused") struct JSONRefusedTests {
  @Test("is refused", arguments: numbers + strings + encodings + structures + words)
  func refused(_ sample: JSONSample) {
    #expect(throws: JSONError.self) { try JSON(parsing: sample.bytes) }
  }

  @Test("is refused inside an array and inside an object too", arguments: numbers + strings + words)
  func refusedInside(_ sample: JSONSample) {
    let inArray = Array("[".utf8) + sample.bytes + Array("]".utf8)
    let inObject = Array("{\"a\":".utf8) + sample.bytes + Array("}".utf8)
    #expect(throws: JSONError.self) { try JSON(parsing: inArray) }
    #expect(throws: JSONError.self) { try JSON(parsing: inObject) }
  }

  static let words: [JSONSample] = [
    .init("capital True", "True"), .init("capital NULL", "NULL"), .init("a cut word", "nul"),
    .init("a word too long", "nulll"), .init("a bare word", "undefined"),
    .init("NaN", "NaN"), .init("minus NaN", "-NaN"), .init("Infinity", "Infinity"),
    .init("minus Infinity", "-Infinity"), .init("a full-width word", "\u{FF54}rue"),
  ]

  static let numbers: [JSONSample] = [
    .init("plus sign", "+1"), .init("two minus signs", "--1"), .init("minus alone", "-"),
    .init("minus then a space", "- 1"), .init("leading zero", "01"),
    .init("negative leading zero", "-01"), .init("two zeros", "00"),
    .init("leading point", ".5"), .init("minus and a leading point", "-.5"),
    .init("trailing point", "1."), .init("point before the exponent", "1.e3"),
    .init("two points", "1.2.3"), .init("exponent without digits", "1e"),
    .init("exponent with only a sign", "1e+"), .init("two exponent signs", "1e+-1"),
    .init("two exponents", "1e1e1"), .init("fraction in the exponent", "1e1.5"),
    .init("exponent alone", "e1"), .init("hexadecimal", "0x1F"), .init("octal", "0o7"),
    .init("digit separators", "1_000"), .init("thousands with a space", "1 000"),
    .init("a suffix", "1f"), .init("full-width digits", "\u{FF11}"),
    .init("Arabic-Indic digits", "\u{661}"), .init("a typographic minus", "\u{2212}1"),
    .init("a number cut by a control character", "1\u{1}"),
  ]

  static let strings: [JSONSample] = [
    .init("single quotes", "'a'"), .init("no quotes", "a"),
    .init("curly quotes", "\u{201C}a\u{201D}"),
    .init("an unknown escape", #""\x41""#), .init("an escaped newline byte", "\"\\\n\""),
    .init("an escape of a two-byte letter", "\"\\\u{E9}\""), .init("\\0", #""\0""#),
    .init("\\v", #""\v""#), .init("\\'", #""\'""#), .init("capital \\N", #""\N""#),
    .init("capital \\U", #""\U0041""#), .init("\\u with three digits", #""\u004""#),
    .init("\\u with no digits", #""\u""#), .init("\\u with a bad digit", #""\u00g0""#),
    .init("\\u with a sign", #""\u+041""#), .init("\\u in braces", #""\u{41}""#),
    .init("\\u with full-width digits", "\"\\u\u{FF10}\u{FF10}\u{FF14}\u{FF11}\""),
    .init("a raw newline", "\"a\nb\""), .init("a raw tab", "\"a\tb\""),
    .init("a raw NUL", "\"a\0b\""), .init("a raw unit separator", "\"a\u{1F}b\""),
    .init("a raw newline after an escape", "\"\\n\n\""),
    .init("a lone high surrogate", #""\uD800""#), .init("a lone low surrogate", #""\uDC00""#),
    .init("a high surrogate before text", #""\uD800a""#),
    .init("a high surrogate before another escape", #""\uD800\n""#),
    .init("two high surrogates", #""\uD800\uD800""#),
    .init("a pair the wrong way round", #""\uDC00\uD800""#),
    .init("a high surrogate and a letter's escape", #""\uD800\u0041""#),
    .init("a pair cut in its second half", #""\uD800\uDC0""#),
    .init("a high surrogate, a backslash, the end", #""\uD800\""#),
  ]

  static let encodings: [JSONSample] = [
    .init("a byte order mark", bytes: [0xEF, 0xBB, 0xBF, 0x5B, 0x5D]),
    .init("half a byte order mark", bytes: [0xEF, 0xBB, 0x5B, 0x5D]),
    .init("UTF-16, big end first", bytes: [0xFE, 0xFF, 0x00, 0x5B, 0x00, 0x5D]),
    .init("UTF-16, little end first, no mark", bytes: [0x5B, 0x00, 0x5D, 0x00]),
    .init("UTF-32", bytes: [0x00, 0x00, 0x00, 0x5B, 0x00, 0x00, 0x00, 0x5D]),
    .init("Latin-1", quoted: [0xE9]),
    .init("a lone continuation byte", quoted: [0x80]),
    .init("a continuation byte after text", quoted: [0x61, 0xBF]),
    .init("two bytes cut to one", quoted: [0xC3]),
    .init("three bytes cut to two", quoted: [0xE2, 0x82]),
    .init("four bytes cut to three", quoted: [0xF0, 0x9F, 0x98]),
    .init("a lead byte, then ASCII", quoted: [0xC3, 0x28]),
    .init("NUL overlong in two bytes", quoted: [0xC0, 0x80]),
    .init("a slash overlong in two bytes", quoted: [0xC0, 0xAF]),
    .init("a quote overlong in two bytes", quoted: [0xC0, 0xA2]),
    .init("overlong in three bytes", quoted: [0xE0, 0x80, 0xAF]),
    .init("overlong in four bytes", quoted: [0xF0, 0x80, 0x80, 0xAF]),
    .init("the highest overlong of three bytes", quoted: [0xE0, 0x9F, 0xBF]),
    .init("a high surrogate in UTF-8", quoted: [0xED, 0xA0, 0x80]),
    .init("a low surrogate in UTF-8", quoted: [0xED, 0xBF, 0xBF]),
    .init("a pair in CESU-8", quoted: [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]),
    .init("beyond U+10FFFF", quoted: [0xF4, 0x90, 0x80, 0x80]),
    .init("lead byte F5", quoted: [0xF5, 0x80, 0x80, 0x80]),
    .init("five bytes", quoted: [0xF8, 0x88, 0x80, 0x80, 0x80]),
    .init("byte FE", quoted: [0xFE]), .init("byte FF", quoted: [0xFF]),
    .init("bad UTF-8 after an escape", quoted: [0x5C, 0x6E, 0xFF]),
    .init("bad UTF-8 in a name", bytes: Array("{\"".utf8) + [0xFF] + Array("\":1}".utf8)),
    .init("bad UTF-8 outside a string", bytes: [0x5B, 0xFF, 0x5D]),
    .init("a no-break space between tokens", "[\u{A0}1]"),
    .init("a form feed between tokens", "[\u{C}1]"),
    .init("a vertical tab between tokens", "[\u{B}1]"),
    .init("NUL after the value", "[]\0"),
  ]

  static let structures: [JSONSample] = [
    .init("nothing", ""), .init("only space", " \n "), .init("two values", "1 2"),
    .init("two arrays", "[][]"), .init("text after the value", "[]x"),
    .init("an extra closing bracket", "[1]]"), .init("an extra brace", "{}}"),
    .init("an open array", "["), .init("an open array after a value", "[1"),
    .init("an open array after a comma", "[1,"), .init("an open object", "{"),
    .init("an object cut after a name", #"{"a""#), .init("cut after the colon", #"{"a":"#),
    .init("cut after a value", #"{"a":1"#), .init("cut after a comma", #"{"a":1,"#),
    .init("an open string", #""a"#), .init("a string cut in an escape", #""a\"#),
    .init("a string cut in \\u", #""\u00"#), .init("a lone quote", "\""),
    .init("a trailing comma in an array", "[1,]"), .init("a leading comma", "[,1]"),
    .init("two commas", "[1,,2]"), .init("a lone comma", "[,]"), .init("no comma", "[1 2]"),
    .init("a colon in an array", "[1:2]"), .init("mismatched brackets", "[1}"),
    .init("crossed brackets", "[{]}"), .init("a trailing comma in an object", #"{"a":1,}"#),
    .init("a leading comma in an object", #"{,"a":1}"#), .init("no colon", #"{"a" 1}"#),
    .init("two colons", #"{"a"::1}"#), .init("an equals sign", #"{"a"=1}"#),
    .init("a name without a value", #"{"a"}"#), .init("a value without a name", "{1}"),
    .init("a number as a name", "{1:2}"), .init("null as a name", "{null:1}"),
    .init("a name without quotes", "{a:1}"), .init("a name in single quotes", "{'a':1}"),
    .init("a comma for a colon", #"{"a",1}"#), .init("a line comment", "[1] // one"),
    .init("a block comment", "[/* one */1]"), .init("a hash comment", "# one\n1"),
    .init("a closing bracket alone", "]"), .init("a semicolon", "[1];"),
    .init("an XML document", "<a/>"), .init("an HTML error page", "<!doctype html><p>502"),
    .init("a callback", "f({})"), .init("two lines of NDJSON", "{}\n{}"),
    .init("a name twice", #"{"a":1,"a":2}"#), .init("a name twice, equal value", #"{"a":1,"a":1}"#),
    .init("a name twice, once escaped", #"{"a":1,"\u0061":2}"#),
    .init("the empty name twice", #"{"":1,"":2}"#),
    .init("a name twice, deep inside", #"[{"x":{"a":1,"b":2,"a":3}}]"#),
  ]

  @Test("a repeated name is noticed at any size of object", arguments: [2, 15, 16, 17, 18, 500])
  func repeatedName(_ count: Int) {
    // the last member repeats the first, so that every other name stands between them
    let names = (0..<count - 1).map { "k\($0)" } + ["k0"]
    let text = "{" + names.map { "\"\($0)\":0" }.joined(separator: ",") + "}"
    let offset = text.utf8.count - "\"k0\":0}".utf8.count
    #expect(throws: JSONError(reason: "member name appears twice", offset: offset)) {
      try JSON(parsing: text)
    }
  }

  @Test(
    "the error names the byte",
    arguments: [
      ("", 0), ("x", 0), ("[1,]", 3), ("[1 2]", 3), ("{\"a\" 1}", 5), ("[] []", 3), ("nulx", 3),
      ("\"\\q\"", 2), ("\"ab", 3), ("-", 1), ("\"a\u{1}\"", 2),
    ])
  func offset(_ text: String, _ offset: Int) throws {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
    #expect(error?.offset == offset)
    #expect(error?.description.contains("at byte \(offset)") == true)
  }

  @Test("the error never quotes the text, which may hold a secret")
  func noSecret() {
    let error = #expect(throws: JSONError.self) { try JSON(parsing: #"{"token":"s3cret" oops}"#) }
    #expect(error?.description.contains("s3cret") == false)
    #expect(error?.description.contains("oops") == false)
  }
}
