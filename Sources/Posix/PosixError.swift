// A failed system call, with what it was for.

import Glibc

/// `errno` after a failed call, with the call and the path, so that the message says what to mend.
package struct PosixError: Error, Equatable, CustomStringConvertible {
  package let code: Int32
  /// What was tried, e.g. `open`.
  package let operation: String
  /// The file or directory it was tried on; empty when there is none.
  package let path: String

  package init(_ operation: String, _ path: String = "", code: Int32? = nil) {
    self.code = code ?? errno
    self.operation = operation
    self.path = path
  }

  package var description: String {
    let reason = unsafe String(cString: strerror(code))
    return path.isEmpty ? "\(operation): \(reason)" : "\(operation) \(path): \(reason)"
  }

  package var isMissing: Bool { code == ENOENT }
  package var isDenied: Bool { code == EACCES || code == EPERM || code == EROFS }
  package var isFull: Bool { code == ENOSPC || code == EDQUOT }
}

/// Repeats a call while a signal interrupts it.
@inline(__always)
func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    if result != -1 || errno != EINTR { return result }
  }
}
