// A damaged file can kill its reader: a cut file raises SIGBUS, a flipped page SIGSEGV, and LMDB
// aborts on what it never wrote (measured: FAULTS, fact 2). The user is told so, and exit 65 says
// it to scripts, instead of a bare signal.

import Glibc
import Wire

package enum DamageHandler {
  /// Written before any signal can come and never after; read only by the handler.
  private nonisolated(unsafe) static var message: UnsafeMutableBufferPointer<UInt8> =
    unsafe UnsafeMutableBufferPointer(start: nil, count: 0)

  /// What is removed first; null for nothing. Written and read like `message`.
  private nonisolated(unsafe) static var discarded: UnsafeMutablePointer<CChar>?

  /// Call before the books are opened, once.
  package static func install(home: String, isJSON: Bool) {
    set(
      Failure(
        .damagedData, "damaged", "the home is damaged (\(home) cannot be read to its end)",
        next: "ledger verify"), isJSON)
    for number in [SIGBUS, SIGSEGV, SIGABRT] { _ = signal(number, tell) }
    // A file-size limit is then an error of write(2) like a full disk (setrlimit(2)).
    _ = signal(SIGXFSZ, SIG_IGN)
  }

  /// For who builds the views anew: as they may be what is damaged, their pointer is removed, and
  /// the same command given again finds none in its way. Call before the books are opened.
  package static func discard(views pointer: String, isJSON: Bool) {
    unsafe discarded = strdup(pointer)
    set(
      Failure(
        .damagedData, "damaged", "the views could not be read, and are given up for new ones",
        next: "ledger replay"), isJSON)
  }

  private static func set(_ failure: Failure, _ isJSON: Bool) {
    let lines = isJSON ? [failure.json.text] : failure.lines(program: "ledger")
    let text = Array((lines.joined(separator: "\n") + "\n").utf8)
    let buffer = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.count)
    _ = unsafe buffer.initialize(from: text)
    unsafe message = buffer
  }

  /// Only what signal-safety(7) allows: unlink(2), write(2) and _exit(2).
  private static let tell: @convention(c) (Int32) -> Void = { _ in
    if let discarded = unsafe discarded { _ = unsafe unlink(discarded) }
    _ = unsafe write(2, message.baseAddress, message.count)
    _exit(ExitCode.damagedData.rawValue)
  }
}
