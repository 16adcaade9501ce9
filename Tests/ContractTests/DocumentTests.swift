// The documentation is held to the programs: links lead somewhere, commands parse, guides are
// followed, every incident has its page.

import Foundation
import Support
import Testing
import Wire

@Suite("Documents") struct DocumentTests {
  private static let root = Schemas.folder.deletingLastPathComponent().deletingLastPathComponent()
  private static let catalogue = root.appending(path: "Sources/Ledger/Ledger.docc")

  /// Path below the catalogue, and text, of every page.
  private func pages() throws -> [(name: String, text: String)] {
    let files = FileManager.default.enumerator(atPath: Self.catalogue.path)
    return try (files?.allObjects as? [String] ?? []).filter { $0.hasSuffix(".md") }.sorted().map {
      (
        $0,
        try String(contentsOf: Self.catalogue.appending(path: $0), encoding: .utf8)
      )
    }
  }

  private func name(_ path: String) -> String {
    URL(filePath: path).deletingPathExtension().lastPathComponent
  }

  @Test("every link between pages leads to a page, and every page can be reached")
  func links() throws {
    let pages = try pages()
    let names = Set(pages.map { name($0.name) })
    var linked: Set<String> = ["Ledger"]
    for page in pages {
      for link in page.text.matches(of: /<doc:([^>]+)>/) {
        let target = String(link.1)
        #expect(names.contains(target), "\(page.name): \(target)")
        linked.insert(target)
      }
    }
    #expect(names.subtracting(linked) == [])
  }

  /// `ledger ...` lines of the fenced blocks of a text: sessions, and `sh`.
  private func commands(in text: String) -> [String] {
    var commands: [String] = []
    var language: String?
    var isOpen = false
    for line in text.components(separatedBy: "\n") {
      if line.hasPrefix("```") {
        language = language == nil ? String(line.dropFirst(3)) : nil
        isOpen = false
      } else if isOpen {
        commands[commands.count - 1] += "\n" + line
        isOpen = line.hasSuffix("\\")
      } else if let language, ["", "sh"].contains(language) {
        let typed = line.hasPrefix("$ ") ? line.dropFirst(2) : line[...]
        guard typed.hasPrefix("ledger "), line.hasPrefix("$ ") || language == "sh" else { continue }
        commands.append(String(typed))
        isOpen = line.hasSuffix("\\")
      }
    }
    return commands
  }

  @Test("every command line in the documentation is one")
  func parsed() throws {
    let readme = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
    let home = try CommandHome()
    let help = try home.ledger("--help").output
    var count = 0
    for (name, text) in try pages() + [("README.md", readme)] {
      let lines = commands(in: text)
        // What is left out is for the reader to fill in, and a variable is the shell's.
        .filter { !$0.contains("...") }.map {
          $0.replacing(/"?\$[A-Z]+"?/, with: "https://x.example")
        }
        .map { $0.replacing("\\\n", with: " ") }
        .filter { !coming.contains(String($0.split(separator: " ")[1]), unless: help) }
      let result = try home.ledger("parse", "-", input: lines.joined(separator: "\n") + "\n")
      #expect(result.status == 0, "\(name): \(result.output)")
      count += lines.count
    }
    #expect(count > 100)
  }

  @Test("what stands in the text as a command begins with one")
  func inline() throws {
    let home = try CommandHome()
    let help = try home.ledger("--help").output
    let known = Set(
      help.split(separator: "\n").filter { $0.hasPrefix("  ") }
        .flatMap { $0.split(separator: " ").prefix(2).map(String.init) })
    for page in try pages() {
      for word in page.text.matches(of: /`ledger ([a-z-]+)[ `]/).map({ String($0.1) }) {
        guard !coming.contains(word, unless: help) else { continue }
        #expect(known.contains(word), "\(page.name): ledger \(word)")
      }
    }
  }

  @Test(
    "a guide that can be followed prints what it says",
    arguments: ["OperateIt", "MoveYourJobTableIn"])
  func followed(_ guide: String) throws {
    let binaries = URL(filePath: Binary.ledger.path).deletingLastPathComponent().path
    let result = try RunningBinary(
      "python3",
      [
        Self.root.path + "/tools/guides", "--check", "\(Self.catalogue.path)/\(guide).md",
      ], environment: ["PATH": Self.path, "LEDGER_BIN": binaries], input: ""
    ).wait(seconds: 120)
    #expect(result.status == 0, "\(result.output)\(result.error)")
  }

  private static let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"

  @Test("every incident has its page in the handbook, played, and every page is of an incident")
  func handbook() throws {
    let list = try Binary.ledgerd.run(
      ["--json", "simulate", "--incident", "list"], environment: ["PATH": "/usr/bin:/bin"])
    let codes = try list.lines.compactMap { try JSON(parsing: $0)["code"]?.string }
    let pages = try pages().filter { $0.name.hasPrefix("Handbook/") }
    #expect(pages.map { name($0.name) } == codes.sorted())
    let headings = [
      "What the user says", "What it was", "What ledger does by itself", "What to type",
      "How to prevent it", "What the provider documents", "As it happens",
    ]
    for page in pages {
      let lines = page.text.components(separatedBy: "\n")
      #expect(lines.first == "# \(name(page.name))")
      #expect(lines.filter { $0.hasPrefix("## ") }.map { String($0.dropFirst(3)) } == headings)
      #expect(page.text.contains("$ ledger timeline ") || page.text.contains("$ ledger events"))
    }
  }

  /// Commands that pages may name before they are built; once they are, they are held like all.
  private let coming = Coming(names: ["bill", "doctor", "explain", "incidents"])

  private struct Coming {
    let names: Set<String>

    func contains(_ word: String, unless help: String) -> Bool {
      names.contains(word) && !help.contains("\n  \(word) ")
    }
  }
}
