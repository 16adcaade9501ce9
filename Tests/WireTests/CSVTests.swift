// Comma-separated values: what RFC 4180 says, what spreadsheets do, and what is refused.

import Support
import Testing
import Wire

@Suite("CSV", .seeded) struct CSVTests {
  @Test(
    "a row is read",
    arguments: [
      ("", [""]), ("a,b", ["a", "b"]), (",", ["", ""]), (#""a,b",c"#, ["a,b", "c"]),
      (#""say ""hi""""#, [#"say "hi""#]), ("\"two\nlines\"", ["two\nlines"]), (#""""#, [""]),
    ])
  func read(_ text: String, _ fields: [String]) throws {
    #expect(try CSVRow.fields(Array(text.utf8)) == fields)
  }

  @Test("an open quote asks for more", arguments: [#"""#, #"a,"b"#, #""a"""#])
  func open(_ text: String) throws { #expect(try CSVRow.fields(Array(text.utf8)) == nil) }

  @Test("what is ambiguous is refused", arguments: [#"a"b"#, #""a"b"#, #"a,b""#])
  func refused(_ text: String) {
    #expect(throws: CSVError.self) { try CSVRow.fields(Array(text.utf8)) }
  }

  @Test("bytes that are no UTF-8 and too many fields are refused")
  func bounds() {
    #expect(throws: CSVError.self) { try CSVRow.fields([0xFF]) }
    #expect(throws: CSVError.self) { try CSVRow.fields(Array("a,b,c".utf8), fieldsMax: 2) }
  }

  @Test(
    "a cell that a spreadsheet would take for a formula is none",
    arguments: ["=1+1", "+1", "-1+1", "@x", "\tx", "\rx", "-", "--1", "-1.2.3"])
  func formulas(_ text: String) throws {
    let fields = try #require(try CSVRow.fields(Array(CSVRow.text([text]).utf8)))
    #expect(fields == ["'" + text])
  }

  @Test("plain numbers stay numbers", arguments: ["-5", "-0.25", "12", "0"])
  func numbers(_ text: String) { #expect(CSVRow.text([text]) == text) }

  @Test("what is written is read back")
  func roundTrip() throws {
    var random = Seed.generator(for: "csv")
    let letters = Array("ab,\"\n\ré0".unicodeScalars)
    for _ in 0..<500 {
      let fields = (0..<Int.random(in: 1...5, using: &random)).map { _ in
        var text = "x"
        for _ in 0..<Int.random(in: 0...6, using: &random) {
          text.unicodeScalars.append(letters.randomElement(using: &random)!)
        }
        return text
      }
      #expect(try CSVRow.fields(Array(CSVRow.text(fields).utf8)) == fields)
    }
  }
}
