// The rules' own eyes: what is code, what is a function, what is a word.

import Testing

@Suite("The rules themselves") struct RuleTests {
  @Test(
    "comments and strings are blanked, code and newlines stay",
    arguments: [
      ("a // b", "a     "), ("a /* b /* c */ d */ e", "a                   e"),
      (#"x("a")"#, "x(   )"),
      (#"x("\"") y"#, "x(    ) y"), (##"x(#"a"b"#)"##, "x(       )"),
      ("x(\"\\(f(\"(\"))\") y", "x(           ) y"), ("/* a\nb */c", "    \n    c"),
      ("x(\"\"\"\n\"q\"\n\"\"\") y", "x(   \n   \n   ) y"),
      ("#if A\nb\n#endif", "#if A\nb\n#endif"),
      ("a / b", "a / b"), ("x(\"// no\") y", "x(       ) y"), (##"x(#"\"#) y"##, "x(     ) y"),
    ])
  func masking(_ text: String, _ code: String) { #expect(CodeMask.code(of: text) == code) }

  @Test(
    "functions are found and measured",
    arguments: [
      ("func a() {\n}", [2]), ("func a() { b { c } }", [1]), ("struct A {\n\n\n}", []),
      ("struct A {\n var x: Int\n struct B {\n\n}\n}", []), ("var x: Int {\n 1\n}", [3]),
      ("init(_ f: () -> Void = { 1 }) {\n\n}", [3]), ("protocol P {\n func a()\n}", []),
      ("func a(\n  class b: Int\n) throws(E) -> [Int] {\n}", [4]), ("x.init {\n\n}", []),
      ("let a = {\n\n}", []), ("func a() {\n func b() {\n }\n}", [2, 4]),
      ("let x = y.map({\n $0\n})", []),
    ])
  func measuring(_ code: String, _ counts: [Int]) {
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(FunctionLength.all(in: lines).map(\.count) == counts)
  }

  @Test(
    "a word is a word only by itself",
    arguments: [
      ("public func", "public", true), ("republic", "public", false), ("publicly", "public", false),
      ("(public)", "public", true), ("publics public", "public", true),
      ("a.print(", "print", false),
      ("print(", "print", true), ("print_all", "print", false),
    ])
  func words(_ line: String, _ word: String, _ holds: Bool) {
    #expect(line.holds(word: word, notAfter: ["."]) == holds)
  }

  @Test("an offence is a place an editor can jump to; all are reported at once")
  func reporting() {
    let file = SourceFile(path: "Sources/A/B.swift", text: "// a\nlet x = \"print(\"\nprint(x)\n")
    #expect(file.lines.count == 3)
    #expect(file.module == "A")
    let offences = file.offences { $0.holds(word: "print") ? "prints" : nil }
    #expect(offences == ["Sources/A/B.swift:3: prints"])
    #expect(report(offences + offences)?.split(separator: "\n").count == 3)
    #expect(report([]) == nil)
  }

  @Test("the repository is found: it holds this very file")
  func found() {
    #expect(Repository.swift.contains { $0.path == "Tests/TidyTests/RuleTests.swift" })
    #expect(Repository.sources.contains { $0.path == "Sources/Wire/JSON.swift" })
  }
}
