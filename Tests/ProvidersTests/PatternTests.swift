// Patterns of profiles: what they match, what is refused, and that hostile text cannot stall them.

import Testing

@testable import Providers

@Suite("Patterns")
struct PatternTests {
  @Test(
    "a pattern finds the leftmost match and gives its group",
    arguments: [
      ("(\\d+)%\\|", " 18%|███ | 9/50", "18"), ("resets in ~(\\d+)s", "limit resets in ~5s.", "5"),
      ("a|ab", "xab", "a"), ("ab|a", "xab", "ab"), ("[^a-c]+", "abcxyz", "xyz"),
      ("(?i)nsfw|e005", "Error (E005)", "E005"), ("(?i)[a-c]+", "xABCx", "ABC"),
      ("^([0-9a-f]{4})$", "12af", "12af"), ("^(?:[^:]+):(.+)$", "o/n:v1", "v1"),
      ("x{2,3}", "xxxx", "xxx"), ("x{2,}", "xxxx", "xxxx"), ("a?b", "b", "b"),
      ("(a*)*b", "aab", "aa"), ("\\w+\\s\\S", "ab  c d", "c d"), ("\\.\\*", "a.*", ".*"),
      ("é.", "caféx", "éx"), ("", "abc", ""), ("[\\d.-]+", "v1.2-3", "1.2-3"),
      ("b$", "abb", "b"), ("\\D+", "12ab3", "ab"), ("[\\]]", "a]", "]"), ("a.c", "a\nc abc", "abc"),
    ])
  func finds(_ source: String, _ text: String, _ expected: String) throws {
    #expect(try Pattern(source).first(in: text) == expected)
  }

  @Test(
    "a pattern does not match what it does not say",
    arguments: [
      ("^b", "ab"), ("b$", "ba"), ("[a-z]{3}", "ab1"), ("\\d", "٣"), ("a.c", "a\nc"), ("x{2}", "x"),
      ("^([0-9a-f]{64})$", String(repeating: "a", count: 65)), ("NSFW", "nsfw"), ("\\s", "ab"),
    ])
  func misses(_ source: String, _ text: String) throws {
    #expect(try !Pattern(source).matches(text))
  }

  @Test("the last match is what a growing log says now")
  func last() throws {
    let log = "  0%| | 0/50\n 38%|██ | 19/50\n 98%|█████| 49/50\n"
    #expect(try Pattern("(\\d+)%\\|").last(in: log) == "98")
    #expect(try Pattern("z").last(in: log) == nil)
    #expect(try Pattern("z*").last(in: "az") == "")
  }

  @Test(
    "a mistake is refused with its reason",
    arguments: [
      ("(a", "without its ')'"), ("a)", "without its '('"), ("[a", "without its ']'"),
      ("[]", "an empty class"), ("*a", "needs a '\\'"), ("a**", "one repeat sign after another"),
      ("a+?", "one repeat sign after another"), ("a{2", "expected '}'"), ("a{999}", "repeat count"),
      ("a{3,2}", "before its start"), ("(a)(b)", "only one capturing group"),
      ("\\1", "not offered"),
      ("(?=a)", "only '(?:'"), ("[z-a]", "runs backwards"), ("\\", "ends after"),
      ("(?:(?:a{99}){99})", "too large"), (String(repeating: "(?:", count: 20), "deeper than"),
      (String(repeating: "a", count: 1001), "longer than"),
    ])
  func refused(_ source: String, _ reason: String) throws {
    let error = try #require(throws: PatternError.self) { try Pattern(source) }
    #expect(error.reason.contains(reason), "\(error)")
  }

  @Test(
    "patterns that stall backtracking engines end within their budget",
    arguments: ["(a+)+$", "(?:a|a)*b", "(?:a*)*(?:a*)*b", "a{0,99}a{99}b", "a.*b|a"])
  func bounded(_ source: String) throws {
    let text = String(repeating: "a", count: Pattern.textMax) + "!"
    var matcher = PatternMatcher(program: try Pattern(source).program, text: text)
    var position = 0
    while let match = matcher.find(from: position) { position = max(match.end, match.start + 1) }
    #expect(matcher.steps <= PatternMatcher.stepsMax + 2048)
  }

  @Test("only the end of a very long text is looked at")
  func tail() throws {
    let text = "12%|" + String(repeating: " ", count: Pattern.textMax)
    #expect(try Pattern("(\\d+)%\\|").last(in: text) == nil)
    #expect(try Pattern("(\\d+)%\\|").last(in: text + "13%|") == "13")
  }
}
