// ledger poll, simulate: what talks to the world is another program, which stands beside this one.

import CommandLine
import Glibc
import Posix

enum Daemon {
  static let poll = Declaration(
    "poll", .run, "Submit and watch jobs at their providers",
    options: [
      .flag("once", "All that is due, then exit"),
      .flag("drain", "Until every job has ended or needs a person"),
      .value("in-flight", .integer(1...10_000), "Requests at once"),
    ],
    rules: [.atMostOne(["once", "drain"])], examples: ["ledger poll", "ledger poll --drain"])

  static let simulate = Declaration(
    "simulate", .providers, "The providers on loopback, with faults",
    options: [
      .value("port", .integer(0...65_535), "Where to listen; 0: any free port"),
      .value("seed", .integer(0...Int.max), "Repeats a run"),
    ],
    examples: ["ledger simulate --port 8080"])

  /// Becomes `ledgerd` with the same words.
  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let own = try Machine.executablePath()
    let path = (FileSystem.parent(of: own) ?? ".") + "/ledgerd"
    var words: [UnsafeMutablePointer<CChar>?] = unsafe [strdup(path)]
    for word in Swift.CommandLine.arguments.dropFirst() { unsafe words.append(strdup(word)) }
    unsafe words.append(nil)
    _ = unsafe execv(path, words)
    throw Failure(
      .configuration, "no_ledgerd", "\(PosixError("run", path))",
      next: "install ledgerd beside \(own)")
  }
}
