// A provider that is trusted, on a public address, and leads inside: by what it answers, by where
// it redirects, by what its name means the second time. It has a network of its own, so that no
// switch for developers is needed to reach it, and whoever comes to an inner address is counted.

import Posix
import Support
import Testing
import Wire

/// The provider as a process; its network is gone with it.
final class Lure {
  private let running: RunningBinary
  /// One more port than 80 and 443 where the trap listens.
  let port: Int

  /// - Throws: cancels the test where this machine grants no namespaces.
  init(in home: CommandHome) throws {
    let script = #filePath.split(separator: "/").dropLast().reduce(into: "") { $0 += "/" + $1 }
    running = try RunningBinary(
      "unshare",
      ["--net", "--mount", "--", "python3", "-u", script + "/lure.py", home.directory],
      environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], input: "")
    let isReady = running.waitForOutput(seconds: 60) { $0.contains("READY ") }
    try Test.cancelUnless(
      isReady, "no network namespace, or no ip: \(running.errorSoFar.suffix(300))")
    port = try #require(
      running.outputSoFar.split(whereSeparator: \.isWhitespace).dropFirst().first
        .flatMap { Int($0) })
  }

  /// Runs a program inside that network, to its end.
  func run(
    _ program: Binary, _ words: String..., environment: [String: String]
  ) throws -> BinaryResult {
    try program.run(words, environment: environment, seconds: 120, launcher: way)
  }

  /// Starts a program inside that network.
  func start(
    _ program: Binary, _ words: String..., environment: [String: String]
  ) throws -> RunningBinary {
    try program.start(words, environment: environment, launcher: way)
  }

  private var way: [String] {
    ["nsenter", "--target", "\(running.processID)", "--net", "--mount", "--"]
  }

  /// A byte as it stands in a query, whatever it is.
  static func percent(_ byte: UInt8) -> String { "%" + Hex.text([byte]) }

  /// Who came to the public address so far: method, host, path.
  var outside: [String] { lines("OUTSIDE ") }

  /// Who has come to an inner address: the trap calls itself through every door, and whoever was
  /// before it is counted.
  func inside() throws -> [String] {
    let before = lines("SPRUNG").count
    running.signal(10)  // SIGUSR1
    try #require(running.waitForOutput { _ in lines("SPRUNG").count == before + 3 })
    return lines("INSIDE ")
  }

  private func lines(_ kind: String) -> [String] {
    running.outputSoFar.split(separator: "\n").filter { $0.hasPrefix(kind) }
      .map { String($0.dropFirst(kind.count)) }
  }
}
