// Runs the built programs from outside, as a user's shell would: clean environment, captured
// output, a limit on time.

import Foundation

/// One of the built programs.
package struct Binary: Sendable {
  package static let ledger = Binary("ledger")
  package static let ledgerd = Binary("ledgerd")

  package let name: String

  private init(_ name: String) { self.name = name }

  /// Where it is: in `LEDGER_BIN`, else beside the tests that run.
  package var path: String {
    let directories =
      [ProcessInfo.processInfo.environment["LEDGER_BIN"]].compactMap { $0 } + Binary.besideTests
    let paths = directories.map { $0 + "/" + name }
    guard let path = paths.first(where: FileManager.default.isExecutableFile) else {
      fatalError("\(name) is not built: looked for \(paths)")
    }
    return path
  }

  private static var besideTests: [String] {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let bundles = CommandLine.arguments.filter { $0.hasSuffix(".xctest") }
    return ([own].compactMap { $0 } + bundles).map { ($0 as NSString).deletingLastPathComponent }
  }

  /// Runs the program to its end.
  /// - Parameters:
  ///   - environment: everything the program sees.
  ///   - input: what it reads from standard input.
  ///   - seconds: after so long it is killed, which fails the test that asked.
  ///   - launcher: a program and its options to start it with, e.g. `setpriv`.
  package func run(
    _ words: [String], environment: [String: String], input: String = "", seconds: Double = 60,
    launcher: [String] = []
  ) throws -> BinaryResult {
    let running = try start(
      words, environment: environment, input: input, launcher: launcher)
    return running.wait(seconds: seconds)
  }

  /// Starts the program and goes on.
  package func start(
    _ words: [String], environment: [String: String], input: String = "",
    launcher: [String] = []
  ) throws -> RunningBinary {
    let command = launcher + [path] + words
    return try RunningBinary(
      command[0], Array(command.dropFirst()), environment: environment, input: input)
  }
}

/// How a program ended.
package struct BinaryResult: Sendable {
  /// The exit code; 128 and the signal's number when a signal ended it.
  package let status: Int32
  package let output: String
  package let error: String

  /// Lines of standard output.
  package var lines: [String] { output.split(separator: "\n").map(String.init) }
  package var errorLines: [String] { error.split(separator: "\n").map(String.init) }
}
