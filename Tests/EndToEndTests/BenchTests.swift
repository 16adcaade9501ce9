// tools/bench is what a figure in the README is measured with: its list, its words, its table.
// Nothing is measured here, for the suite makes no claims about time.

import Foundation
import Support
import Testing

@Suite("Benchmarks") struct BenchTests {
  private let root = (1...3).reduce(URL(filePath: #filePath)) { url, _ in
    url.deletingLastPathComponent()
  }

  private func python(_ words: [String]) throws -> BinaryResult {
    try RunningBinary(
      "/usr/bin/env", ["python3"] + words, environment: ProcessInfo.processInfo.environment,
      input: ""
    ).wait(seconds: 60)
  }

  private func bench(_ words: String...) throws -> BinaryResult {
    try python([root.appending(path: "tools/bench").path] + words)
  }

  /// What a script prints that can import the parts of tools/bench.
  private func script(_ text: String) throws -> [Substring] {
    let path = root.appending(path: "tools/benchmarks").path
    let result = try python(["-B", "-c", "import sys; sys.path.insert(0, '\(path)')\n" + text])
    try #require(result.status == 0, "\(result)")
    return result.output.split(separator: "\n")
  }

  @Test("every benchmark is listed with what it measures, and an unknown one is refused")
  func list() throws {
    let list = try bench("--list").output.split(separator: "\n")
    for name in ["append", "callers", "replay", "as-of", "poller", "status", "streams"] {
      #expect(list.contains { $0.hasPrefix(name + " ") }, "\(name)")
    }
    #expect(list.allSatisfy { $0.count <= 80 })
    let refused = try bench("apend")
    #expect(refused.status == 64 && refused.error.contains("try: tools/bench --list"))
  }

  @Test("a goal on a rate is a least, on a cost a most, and is not judged without its peer")
  func goals() throws {
    let lines = try script(
      """
      from rows import Goal, Row
      samples = {"ours": [90, 100, 110], "floor": [200], "SQLite": [40]}
      goals = [Goal("floor", 0.85), Goal("SQLite", 2), Goal("PostgreSQL", 2), Goal("figure", 100)]
      for unit in ("events/s", "ms"):
          print([Row("x", unit, samples, goals).met(goal) for goal in goals])
      """)
    #expect(lines == ["[False, True, None, True]", "[True, False, None, True]"])
  }

  @Test("a line of the table has at most 80 columns, whatever the figures are")
  func table() throws {
    let lines = try script(
      """
      from rows import Goal, Row, HEADING, line
      print(line(*HEADING))
      for size in (0.0012, 9.996, 999.6, 9999.6, 123456, 999999, 87654321, 2e9):
          samples = {"ours": [size], "floor": [size * 3], "PostgreSQL": [size / 700]}
          goals = [Goal("figure", size), Goal("PostgreSQL", 0.85)]
          print("\\n".join(Row("append, 10000 a commit", "events/s", samples, goals).lines()))
      """)
    #expect(lines.count == 17)
    for line in lines { #expect(line.count <= 80, "\(line)") }
  }
}
