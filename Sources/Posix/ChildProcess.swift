// Running a program and reading what it writes, line by line, until it ends.
// What it writes on standard error is thrown away: the caller says what its end means.

import Glibc

/// How a child process ended.
package enum ChildEnd: Sendable, Equatable {
  case exited(Int32)
  /// Killed by this signal.
  case signaled(Int32)
}

package enum ChildProcess {
  /// Runs `path` with `arguments` (the program's own name not among them).
  /// - Parameters:
  ///   - environment: added to this process's own.
  ///   - line: called with each line of its standard output, without the newline.
  package static func run(
    _ path: String, _ arguments: [String], adding environment: [(String, String)] = [],
    line: (String) throws -> Void
  ) throws -> ChildEnd {
    var pipe: [Int32] = [0, 0]
    guard unsafe Glibc.pipe(&pipe) == 0 else { throw PosixError("pipe") }
    for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let output = File(taking: pipe[0], "pipe")
    let child: pid_t
    do {
      defer { close(pipe[1]) }
      child = try start(path, arguments, environment, output: pipe[1])
    }
    var rest: [UInt8] = []
    while true {
      let bytes = try output.readSome()
      rest += bytes
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        try line(String(decoding: rest[..<end], as: UTF8.self))
        rest.removeSubrange(...end)
      }
      if bytes.isEmpty { break }
    }
    var status: Int32 = 0
    guard retrying({ unsafe waitpid(child, &status, 0) }) == child else {
      throw PosixError("wait", path)
    }
    // The macros of wait(2): the low seven bits are the signal, the next byte the exit code.
    return status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signaled(status & 0x7F)
  }

  private static func start(
    _ path: String, _ arguments: [String], _ environment: [(String, String)], output: Int32
  ) throws(PosixError) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe words.forEach { unsafe free($0) } }
    for (name, value) in environment { unsafe setenv(name, value, 1) }
    defer { for (name, _) in environment { unsafe unsetenv(name) } }
    var child: pid_t = 0
    let code = unsafe posix_spawn(&child, path, &actions, nil, &words, environ)
    guard code == 0 else { throw PosixError("run", path, code: code) }
    return child
  }
}
