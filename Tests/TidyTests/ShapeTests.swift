// How long a file, a line and a function may be, and how a file begins.

import Testing

@Suite("Shape") struct ShapeTests {
  @Test("a file has at most 400 lines, unless a tool wrote it")
  func fileLength() {
    let offences = Repository.swift.filter { $0.lines.count > 400 && !$0.isGenerated }
      .map { $0.offence(400, "\($0.lines.count) lines") }
    #expect(report(offences) == nil)
  }

  @Test("a line has at most 100 columns")
  func columns() {
    let offences = Repository.swift.flatMap { file in
      file.lines.enumerated().filter { $0.element.count > 100 }
        .map { file.offence($0.offset, "\($0.element.count) columns") }
    }
    #expect(report(offences) == nil)
  }

  @Test("a file begins with a comment that says what it is for")
  func opening() {
    // a file of one line says it all itself
    let offences = Repository.texts.filter { $0.lines.count > 1 }.compactMap { file -> String? in
      let begins: Bool
      switch file.kind {
      case "swift", "c", "h": begins = file.text.hasPrefix("//") || file.text.hasPrefix("/*")
      case "sh", "py": begins = file.lines.prefix(2).contains { $0.hasPrefix("# ") }
      default: return nil
      }
      return begins ? nil : file.offence(0, "no opening comment")
    }
    #expect(report(offences) == nil)
  }

  @Test("a function has at most 70 lines, unless it is a table that a tool wrote")
  func functionLength() {
    let offences = Repository.swift.filter { !$0.isGenerated }.flatMap { file in
      FunctionLength.all(in: file.codeLines).filter { $0.count > 70 }
        .map { file.offence($0.line, "a function of \($0.count) lines") }
    }
    #expect(report(offences) == nil)
  }
}
