// Words that must not stand in the code.

import Testing

@Suite("Words") struct WordTests {
  @Test("nothing is public: between modules it is package")
  func noPublic() {
    let offences = Repository.sources.flatMap { file in
      file.offences { line in
        ["public", "open"].first {
          line.holds(word: $0, notAfter: [".", "`"]) && isDeclared($0, line)
        }
        .map { "\($0) declaration" }
      }
    }
    #expect(report(offences) == nil)
  }

  /// `open` is also POSIX's word for opening a file: only before a declaration is it a level.
  private func isDeclared(_ word: String, _ line: Substring) -> Bool {
    word == "public" || line.contains(/\bopen (?:final |override )*(?:class|func|var)\b/)
  }

  @Test("library modules do not print")
  func noPrint() {
    let libraries = Repository.sources.filter { !Architecture.programs.contains($0.module!) }
    let offences = libraries.flatMap { file in
      file.offences { line in
        ["print", "debugPrint", "dump"]
          .first { line.contains($0 + "(") && line.holds(word: $0, notAfter: ["."]) }
          .map { "\($0)( in a library" }
      }
    }
    #expect(report(offences) == nil)
  }

  @Test("nothing is left for later")
  func noLeftovers() {
    // put together here, so that this file does not offend
    let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
    let offences = Repository.texts.flatMap { file in
      file.lines.enumerated().compactMap { number, line in
        marks.first { line.holds(word: $0) }.map { file.offence(number, $0) }
      }
    }
    #expect(report(offences) == nil)
  }

  @Test("no path of a developer's machine")
  func noHomes() {
    let roots = ["root", "work", "home"].map { "/" + $0 + "/" }
    let offences = Repository.texts.flatMap { file in
      file.lines.enumerated().compactMap { number, line in
        roots.first { beginsPath($0, in: line) }.map { file.offence(number, $0) }
      }
    }
    #expect(report(offences) == nil)
  }

  /// Whether `root` begins an absolute path here; in `docs/home/x` it does not.
  private func beginsPath(_ root: String, in line: Substring) -> Bool {
    line.ranges(of: root).contains { range in
      guard let before = line[..<range.lowerBound].last else { return true }
      return !(before.isLetter || before.isNumber || "._-~}$".contains(before))
    }
  }

  @Test("every @unchecked Sendable is justified by a comment above it")
  func justified() {
    let offences = (Repository.swift).flatMap { file in
      file.codeLines.enumerated().filter { isUnchecked($0.element) }
        .filter { !isCommented(line: $0.offset, in: file) }
        .map { file.offence($0.offset, "@unchecked Sendable without its reason above") }
    }
    #expect(report(offences) == nil)
  }

  private func isUnchecked(_ line: Substring) -> Bool { line.contains(/@unchecked\s+Sendable/) }

  /// A comment on the line above the declaration, attributes and its own first lines left aside.
  private func isCommented(line: Int, in file: SourceFile) -> Bool {
    for index in stride(from: line - 1, through: max(0, line - 4), by: -1) {
      let text = file.lines[index].drop { $0 == " " }
      if text.hasPrefix("//") { return true }
      if text.isEmpty || text.hasSuffix("{") || text.hasSuffix("}") { return false }
    }
    return false
  }
}
