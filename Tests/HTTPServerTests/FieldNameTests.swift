// Names of header fields: the case of their letters says nothing (RFC 9110, section 5.1).

import HTTPServer
import Testing

@Suite("Names of header fields")
struct FieldNameTests {
  @Test(
    "letters are the same in any case, and nothing else is",
    arguments: [
      ("Host", "host", true), ("If-None-Match", "IF-NONE-MATCH", true), ("", "", true),
      ("Host", "Hosts", false), ("Cookie", "Cookif", false),
      // One bit apart like a letter and its capital.
      ("@", "`", false), ("[", "{", false), ("-", "\r", false),
    ])
  func names(_ one: String, _ other: String, _ areSame: Bool) {
    #expect(one.isSameToken(as: other) == areSame)
    #expect(other.isSameToken(as: one) == areSame)
    let request = ServerRequest(method: "GET", target: "/", headers: [(one, "x")])
    #expect((request.header(other) == "x") == areSame)
  }

  @Test(
    "a target's parts are told apart before they are decoded",
    arguments: [
      ("/a/b", ["a", "b"], [:]), ("/a%2Fb/", ["a/b", ""], [:]), ("/", [""], [:]),
      ("/a?b=c&d", ["a"], ["b": "c", "d": ""]), ("/a+b?a+b=c%2Bd", ["a+b"], ["a b": "c+d"]),
      ("/?q=1=2", [""], ["q": "1=2"]),
    ])
  func target(_ target: String, _ segments: [String], _ query: [String: String]) {
    let request = ServerRequest(method: "GET", target: target)
    #expect(request.segments == segments)
    #expect(Dictionary(uniqueKeysWithValues: request.query?.map { ($0, $1) } ?? []) == query)
  }

  @Test("an escape that is none spoils the part it stands in", arguments: ["/%", "/%4", "/%zz"])
  func escapes(_ target: String) {
    #expect(ServerRequest(method: "GET", target: target).segments == nil)
    #expect(ServerRequest(method: "GET", target: "/?a=" + target.dropFirst()).query == nil)
  }
}
