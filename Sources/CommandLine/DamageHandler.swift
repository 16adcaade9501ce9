// A damaged file can kill its reader: a cut file raises SIGBUS, a flipped page SIGSEGV, and LMDB
// aborts on what it never wrote (measured: FAULTS, fact 2). The user is told so, and exit 65 says
// it to scripts, instead of a bare signal.

import Glibc
import Wire

package enum DamageHandler {
  /// Written before any signal can come and never after; read only by the handler.
  private nonisolated(unsafe) static var message: UnsafeMutableBufferPointer<UInt8> =
    unsafe UnsafeMutableBufferPointer(start: nil, count: 0)

  /// Call before the books are opened, once.
  package static func install(home: String, isJSON: Bool) {
    let failure = Failure(
      .damagedData, "damaged", "the home is damaged (\(home) cannot be read to its end)",
      next: "ledger verify")
    let lines = isJSON ? [failure.json.text] : failure.lines(program: "ledger")
    let text = Array((lines.joined(separator: "\n") + "\n").utf8)
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    _ = unsafe buffer.initialize(from: text)
    unsafe message = buffer
    for number in [SIGBUS, SIGSEGV, SIGABRT] { _ = signal(number, tell) }
    // A file-size limit is then an error of write(2) like a full disk (setrlimit(2)).
    _ = signal(SIGXFSZ, SIG_IGN)
  }

  /// Only what signal-safety(7) allows: write(2) and _exit(2).
  private static let tell: @convention(c) (Int32) -> Void = { _ in
    _ = unsafe write(2, message.baseAddress, message.count)
    _exit(ExitCode.damagedData.rawValue)
  }
}
