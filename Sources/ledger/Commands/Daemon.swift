// ledger poll, simulate: what talks to the world is another program, which stands beside this one.

import CommandLine
import Glibc
import Posix

enum Daemon {
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
