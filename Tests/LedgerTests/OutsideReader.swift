// Runs tools/reader.py, the judge that knows the log only from record-format.md.

import Foundation
import Testing
import Wire

enum OutsideReader {
  private static let root = EventTable.folder.split(separator: "/").dropLast()
    .reduce(into: "") { $0 += "/" + $1 }

  /// A Python that has lmdb: `LEDGER_PYTHON`, the one `tools/setup --tests` makes, or the system's.
  static let python: String? = {
    if let chosen = ProcessInfo.processInfo.environment["LEDGER_PYTHON"] { return chosen }
    return [root + "/.venv/bin/python", "python3"].first {
      (try? run([$0, "-c", "import lmdb"]).status) == 0
    }
  }()

  struct Answer {
    let status: Int32
    let output: [UInt8]
    let complaint: String

    var lines: [JSON] {
      get throws { try output.split(separator: 10).map { try JSON(parsing: Array($0)) } }
    }
  }

  static func judge(_ home: String, _ options: String...) throws -> Answer {
    try run([try #require(python), root + "/tools/reader.py", home] + options)
  }

  private static func run(_ words: [String]) throws -> Answer {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words
    let (output, complaint) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = complaint
    try process.run()
    // A complaint is a line or two, so it waits in its pipe until the output has ended.
    let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
    let words = complaint.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Answer(
      status: process.terminationStatus, output: bytes,
      complaint: String(decoding: words, as: UTF8.self))
  }
}
