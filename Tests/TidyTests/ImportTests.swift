// Which module knows which.

import Foundation
import Testing

@Suite("Modules") struct ImportTests {
  @Test("a module imports only along the arrows of the architecture")
  func arrows() {
    let offences = Repository.sources.flatMap { file in
      let allowed = Architecture.arrows[file.module!].map { $0.union(Architecture.everywhere) }
      return file.offences { line in
        guard let target = imported(by: line), !target.hasPrefix("Foundation") else { return nil }
        guard let allowed else {
          return "module \(file.module!) is not in the architecture's table"
        }
        return allowed.contains(target) ? nil : "\(file.module!) may not import \(target)"
      }
    }
    #expect(report(offences) == nil)
  }

  @Test("nothing in Sources imports Foundation")
  func foundation() {
    let offences = Repository.sources.flatMap { file in
      file.offences { line in
        guard let target = imported(by: line), target.hasPrefix("Foundation") else { return nil }
        return "imports \(target)"
      }
    }
    #expect(report(offences) == nil)
  }

  @Test("each C library has its owner and nobody else")
  func owners() {
    for (library, owners) in Architecture.owners {
      let importers = Architecture.arrows.filter { $0.value.contains(library) }.keys
      #expect(Set(importers) == owners, "\(library)")
    }
  }

  @Test("the books cannot reach the network", arguments: ["ledger", "Ledger", "Providers"])
  func noNetwork(_ module: String) {
    #expect(Architecture.reach(of: module).isDisjoint(with: Architecture.network))
  }

  @Test("the arrows only point down: no module reaches itself")
  func noCycles() {
    #expect(Architecture.arrows.keys.filter { Architecture.reach(of: $0).contains($0) } == [])
  }

  @Test("Package.swift says what the table says")
  func manifest() throws {
    let text = try String(
      contentsOf: Repository.root.appending(path: "Package.swift"), encoding: .utf8)
    let declaration =
      /\.(?:executableTarget|target)\(\s*name: "(\w+)",\s*dependencies: \[([^\]]*)\]([^)]*)/
    var offences: [String] = []
    let matches = text.matches(of: declaration).filter { !$0.output.3.contains("path:") }
    for match in matches {
      let declared = Set(match.output.2.matches(of: /"(\w+)"/).map { String($0.output.1) })
      let drawn = Architecture.arrows[String(match.output.1)]
      if declared != drawn?.intersection(declared.union(modules)) {
        offences.append("\(match.output.1): \(declared.sorted()) is not \(drawn?.sorted() ?? [])")
      }
    }
    #expect(matches.count >= 11, "the manifest's shape is no longer understood")
    #expect(report(offences) == nil)
  }

  @Test("every folder of Sources is a module of the table")
  func folders() {
    #expect(modules.subtracting(Architecture.arrows.keys) == [])
  }

  /// The folders under Sources; a module of the table that is not built yet is missing here.
  private var modules: Set<String> {
    let path = Repository.root.appending(path: "Sources").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
    return Set(names.filter { !$0.hasPrefix(".") })
  }

  @Test(
    "an import is recognised in all its spellings",
    arguments: [
      ("import Glibc", "Glibc"), ("package import Testing", "Testing"),
      ("@testable import Wire", "Wire"), ("@preconcurrency package import CCurl", "CCurl"),
      ("import struct Foundation.Data", "Foundation"), ("  import CLMDB", "CLMDB"),
      ("@_spi(X) internal import func Glibc.write", "Glibc"), ("let important = 1", nil),
      ("reimport Wire", nil),
    ] as [(String, String?)])
  func spellings(_ line: String, _ module: String?) { #expect(imported(by: line[...]) == module) }

  /// The module a line imports.
  private func imported(by line: Substring) -> String? {
    guard line.contains("import") else { return nil }
    // attributes, an access level, `import`, perhaps the kind of one declaration, the module
    let pattern = /\s*(?:@\w+(?:\(\w+\))?\s+)*(?:\w+\s+)?import\s+(?:[a-z]+\s+)?(\w+).*/
    return line.wholeMatch(of: pattern).map { String($0.output.1) }
  }
}
