// RFC 6901, with all of its own examples.

import Testing

import Wire

@Suite("JSON Pointer") struct JSONPointerTests {
  /// The document of RFC 6901 §5.
  static let document = #"""
    {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5,
     "k\"l": 6, " ": 7, "m~n": 8}
    """#

  @Test(
    "the examples of RFC 6901 §5 hold",
    arguments: [
      ("/foo", #"["bar","baz"]"#), ("/foo/0", #""bar""#), ("/", "0"), ("/a~1b", "1"), ("/c%d", "2"),
      ("/e^f", "3"), ("/g|h", "4"), (#"/i\j"#, "5"), (#"/k"l"#, "6"), ("/ ", "7"), ("/m~0n", "8"),
    ])
  func examples(_ pointer: String, _ expected: String) throws {
    let document = try JSON(parsing: JSONPointerTests.document)
    #expect(document.at(try #require(JSONPointer(pointer)))?.text == expected)
  }

  @Test("the empty pointer is the whole document")
  func whole() throws {
    let document = try JSON(parsing: JSONPointerTests.document)
    #expect(document.at(try #require(JSONPointer(""))) == document)
  }

  @Test(
    "the text is read and written back unchanged",
    arguments: [
      "", "/", "//", "/foo/0", "/a~1b", "/m~0n", "/~01", "/~10", "/ ", "/e\u{301}", "/\u{301}x",
      "/a//b/",
    ])
  func roundTrip(_ text: String) throws {
    let pointer = try #require(JSONPointer(text))
    #expect(pointer.description.utf8.elementsEqual(text.utf8))
    #expect(JSONPointer(tokens: pointer.tokens) == pointer)
  }

  @Test("~01 is ~1, not a slash (RFC 6901 §4)")
  func order() { #expect(JSONPointer("/~01")?.tokens == ["~1"]) }

  @Test(
    "a malformed pointer is refused",
    arguments: [
      "foo", " /foo", "#/foo", "~", "/~", "/~2", "/a~", "/a~/b", "/~\u{301}0", "\u{301}/a",
    ])
  func malformed(_ text: String) { #expect(JSONPointer(text) == nil) }

  @Test("a combining mark after a slash or a tilde hides neither")
  func combining() {
    #expect(JSONPointer("/a/\u{301}b")?.tokens == ["a", "\u{301}b"])
    #expect(JSONPointer("/~0\u{301}")?.tokens == ["~\u{301}"])
    #expect(JSONPointer(tokens: ["/\u{301}~\u{301}"]).description == "/~1\u{301}~0\u{301}")
  }

  @Test(
    "array indexes are plain: no sign, no leading zero, no dash, not past the end",
    arguments: [
      "/-", "/-1", "/+1", "/00", "/01", "/2", "/1e0", "/ 1", "/", "/99999999999999999999",
    ])
  func badIndex(_ text: String) throws {
    let value: JSON = ["a", "b"]
    #expect(value.at(try #require(JSONPointer(text))) == nil)
  }

  @Test("nothing is found below a plain value or under a missing name")
  func missing() throws {
    let value: JSON = ["a": ["b": 1], "n": nil]
    for text in ["/a/b/c", "/x", "/a/x/y", "/n/x", "/a/b/0"] {
      #expect(value.at(try #require(JSONPointer(text))) == nil, "\(text)")
    }
    #expect(value.at(try #require(JSONPointer("/n"))) == .null)
  }

  @Test("appending adds one token, whatever it holds")
  func appending() {
    let pointer = JSONPointer(tokens: []).appending("a/b").appending("~").appending("")
    #expect(pointer.description == "/a~1b/~0/")
  }

  @Test("pointers are equal by their bytes")
  func equality() {
    #expect(JSONPointer("/\u{E9}") != JSONPointer("/e\u{301}"))
    #expect(Set([JSONPointer("/a"), JSONPointer("/a"), JSONPointer("/b")]).count == 2)
  }
}
