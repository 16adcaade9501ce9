// A program run beside the test, to be waited for or killed, with what it said.

import Glibc
package import Ledger
import Posix

/// A started process; its output goes to a file, so that nothing it said is lost when it is
/// killed and it never waits for a reader.
package final class Child {
  private let pid: pid_t
  private let output: String
  private var status: Int32?

  /// - Parameters:
  ///   - arguments: the program's path first; without a slash it is looked for in `PATH`.
  ///   - environment: added to this process's own.
  package init(_ arguments: [String], environment: [String: String] = [:]) throws {
    output = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-child-") + "/out"
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output, flags, 0o600)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
    var variables = environment.map { strdup("\($0.key)=\($0.value)") }
    var inherited = environ
    while let variable = inherited.pointee {
      variables.append(strdup(variable))
      inherited += 1
    }
    var words = arguments.map { strdup($0) } + [nil]
    variables.append(nil)
    defer { for word in words + variables { free(word) } }
    var pid: pid_t = 0
    let code = posix_spawnp(&pid, arguments[0], &actions, nil, &words, &variables)
    guard code == 0 else { throw PosixError("posix_spawn", arguments[0], code: code) }
    self.pid = pid
  }

  /// The test-only program beside the test bundle: `ledger-torture VERB HOME [NAME]`.
  package static func torture(
    _ verb: String, _ home: Home, _ name: String = "w", under prefix: [String] = [],
    environment: [String: String] = [:]
  ) throws -> Child {
    let folder = FileSystem.parent(of: try Machine.executablePath()) ?? "."
    return try Child(
      prefix + [folder + "/ledger-torture", verb, home.path, name], environment: environment)
  }

  deinit {
    kill()
    if let folder = FileSystem.parent(of: output) { try? FileSystem.removeTree(folder) }
  }

  /// Ends it with SIGKILL, if it has not ended, and waits.
  package func kill() {
    guard status == nil else { return }
    _ = Glibc.kill(pid, SIGKILL)
    _ = wait()
  }

  /// Waits for its end.
  /// - Returns: the exit code; 128 and the signal's number when a signal ended it.
  @discardableResult
  package func wait() -> Int32 {
    var status = self.status ?? 0
    if self.status == nil {
      while waitpid(pid, &status, 0) == -1, errno == EINTR {}
      self.status = status
    }
    return status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
  }

  /// The whole lines it said so far.
  package var lines: [String] {
    let bytes = (try? FileSystem.read(output, limit: 1 << 28)) ?? nil
    var lines = String(decoding: bytes ?? [], as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeLast()
    return lines.map(String.init)
  }
}
