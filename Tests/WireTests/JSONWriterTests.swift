// Writing: round trips, canonical bytes, and nothing in the output that a terminal would obey.

import Support
import Testing

import Wire

@Suite("The JSON writer", .seeded) struct JSONWriterTests {
  @Test("what is written reads back as the same value", arguments: 0..<20)
  func roundTrip(_ stream: Int) throws {
    var random = Seed.generator(for: "json round trip \(stream)")
    for _ in 0..<50 {
      let value = RandomJSON.value(&random)
      #expect(try JSON(parsing: value.bytes) == value)
      #expect(try JSON(parsing: value.text) == value)
    }
  }

  @Test("a text without needless spaces and escapes is written as it was read")
  func fixedPoint() throws {
    let text = #"{"b":[1,2.50,-0,1e+3,17454220438242315174],"a":{"":null},"c":"é\n\"\\/"}"#
    #expect(try JSON(parsing: text).text == text)
  }

  @Test(
    "numbers survive byte for byte",
    arguments: [
      "17454220438242315174", "-9223372036854775809", "0.1000000000000000055511151231257827",
      "1E400", "-0.0", "123456789012345678901234567890.000001",
    ])
  func numbers(_ text: String) throws {
    #expect(try JSON(parsing: "[\(text)]").text == "[\(text)]")
  }

  @Test("every control character is escaped, and so is what reorders or breaks a line")
  func controls() throws {
    let scalars: [ClosedRange<UInt32>] = [
      0x00...0x1F, 0x7F...0x9F, 0x2028...0x202E, 0x2066...0x2069,
    ]
    for scalar in scalars.joined().compactMap(Unicode.Scalar.init) {
      let value = JSON.string("a\(scalar)b")
      let written = value.bytes
      #expect(
        written.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "U+\(String(scalar.value, radix: 16))")
      #expect(try JSON(parsing: written) == value)
      #expect(JSON.object(JSONObject([.init("\(scalar)", 1)])).bytes.allSatisfy { $0 < 0x7F })
    }
  }

  @Test(
    "escapes are the short ones where JSON has them",
    arguments: [
      ("\"", #""\"""#), ("\\", #""\\""#), ("\n", #""\n""#), ("\r", #""\r""#), ("\t", #""\t""#),
      ("\u{1B}[2J", #""\u001b[2J""#), ("\0", #""\u0000""#), ("/", #""/""#),
      ("\u{7F}", #""\u007f""#),
      ("\u{9B}", #""\u009b""#), ("\u{202E}", #""\u202e""#), ("\u{1F600}", "\"\u{1F600}\""),
      ("\u{E9}", "\"\u{E9}\""), ("\u{A0}", "\"\u{A0}\""),
    ])
  func escapes(_ text: String, _ written: String) {
    #expect(JSON.string(text).text == written)
  }

  @Test("the output is one line whatever the text holds")
  func oneLine() {
    let value: JSON = ["a\nb": "c\r\n\u{2028}d", "e": ["\u{85}"]]
    #expect(!value.text.unicodeScalars.contains { $0.properties.generalCategory == .control })
    #expect(!value.text.contains { $0.isNewline })
  }

  @Test("canonical bytes do not depend on the order of members, at any depth", arguments: 0..<10)
  func canonical(_ stream: Int) {
    var random = Seed.generator(for: "json canonical \(stream)")
    for _ in 0..<30 {
      let value = RandomJSON.value(&random)
      let shuffled = RandomJSON.shuffled(value, &random)
      #expect(shuffled.canonicalBytes == value.canonicalBytes)
    }
  }

  @Test("canonical order is by UTF-8 bytes")
  func canonicalOrder() {
    let value: JSON = [
      "\u{FFFF}": 1, "\u{10000}": 2, "b": 3, "a": 4, "B": 5, "": 6, "aa": 7, "é": 8,
    ]
    #expect(
      String(decoding: value.canonicalBytes, as: UTF8.self)
        == "{\"\":6,\"B\":5,\"a\":4,\"aa\":7,\"b\":3,\"é\":8,\"\u{FFFF}\":1,\"\u{10000}\":2}")
  }

  @Test("canonical bytes keep numbers and arrays as they are")
  func canonicalKeeps() throws {
    let value = try JSON(parsing: #"[3,1.0,{"b":1e2,"a":[2,1]}]"#)
    #expect(
      String(decoding: value.canonicalBytes, as: UTF8.self) == #"[3,1.0,{"a":[2,1],"b":1e2}]"#)
  }
}
