// A program that was started and has not been waited for yet. Its output goes to unnamed files, so
// that it can never block on a reader.

import Glibc
import Posix

/// A started program. Ended, at the latest, when this goes out of scope.
package final class RunningBinary {
  package let processID: Int32
  private let output: UnnamedFile
  private let error: UnnamedFile
  /// As of waitpid(2); nil while it runs.
  private var ending: Int32?

  /// - Parameter program: a path, or a name to look for in `PATH`.
  /// - Throws: `PosixError` when it cannot be started.
  package init(
    _ program: String, _ words: [String], environment: [String: String], input: String
  ) throws {
    output = UnnamedFile()
    error = UnnamedFile()
    let given = UnnamedFile(Array(input.utf8))
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (target, file) in [given.descriptor, output.descriptor, error.descriptor].enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file, Int32(target))
    }
    // The threads that run tests block signals, and a child would inherit that: as from a shell,
    // none is blocked or ignored.
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var arguments = ([program] + words).map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var number: pid_t = 0
    let code = posix_spawnp(&number, program, &actions, &attributes, &arguments, &variables)
    guard code == 0 else { throw PosixError("spawn", program, code: code) }
    processID = number
  }

  deinit {
    guard ending == nil else { return }
    kill(processID, SIGKILL)
    waitpid(processID, nil, 0)
  }

  /// What it has written to standard output so far.
  package var outputSoFar: String { output.text }
  package var errorSoFar: String { error.text }

  /// Sends a signal.
  package func signal(_ number: Int32) { if ending == nil { kill(processID, number) } }

  /// Waits until it ends; kills it when that takes too long.
  /// - Parameter ordinary: seconds of an ordinary run (`Patience`).
  package func wait(seconds ordinary: Double = 60) -> BinaryResult {
    let seconds = Patience.seconds(ordinary)
    let isInTime = waits(seconds: seconds) { hasEnded }
    if !isInTime {
      kill(processID, SIGKILL)
      _ = waits(seconds: .infinity) { hasEnded }
    }
    let status = ending ?? 0
    // The macros WIFSIGNALED, WTERMSIG and WEXITSTATUS of waitpid(2).
    let signal = status & 0x7F
    return BinaryResult(
      status: signal != 0 ? 128 + signal : (status >> 8) & 0xFF, output: outputSoFar,
      error: errorSoFar + (isInTime ? "" : "killed after \(seconds) s\n"))
  }

  /// Waits until what it has written to standard output satisfies `condition`.
  /// - Returns: false when that did not come within `seconds` of an ordinary run (`Patience`).
  package func waitForOutput(seconds: Double = 60, _ condition: (String) -> Bool) -> Bool {
    waits(seconds: Patience.seconds(seconds)) { condition(outputSoFar) }
  }

  private var hasEnded: Bool {
    if ending != nil { return true }
    var status: Int32 = 0
    guard waitpid(processID, &status, WNOHANG) == processID else { return false }
    ending = status
    return true
  }

  private func waits(seconds: Double, _ condition: () -> Bool) -> Bool {
    let begin = Clock.bootMicroseconds()
    while !condition() {
      if Double(Clock.bootMicroseconds() - begin) / 1e6 > seconds { return false }
      usleep(2000)
    }
    return true
  }
}

/// A file without a name: gone when nobody has it open.
private struct UnnamedFile: ~Copyable {
  let descriptor: Int32

  init(_ content: [UInt8] = []) {
    var template = Array("/tmp/ledger-run-XXXXXX".utf8CString)
    descriptor = mkstemp(&template)
    precondition(descriptor >= 0, "a temporary file can be made")
    unlink(template)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    precondition(pwrite(descriptor, content, content.count, 0) == content.count)
  }

  deinit { close(descriptor) }

  var text: String {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = pread(descriptor, &chunk, chunk.count, off_t(bytes.count))
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += chunk[..<count]
    }
  }
}
