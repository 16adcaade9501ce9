// An open file: read, write at an offset, flush, lock. Closed when it goes out of scope.

package import Glibc

/// An open file descriptor.
package struct File: ~Copyable {
  package let descriptor: Int32
  package let path: String

  /// Opens `path` with the `open(2)` flags; `O_CLOEXEC` is always set.
  /// - Throws: `PosixError`.
  package init(_ path: String, _ flags: Int32, mode: mode_t = 0o644) throws(PosixError) {
    let descriptor = retrying { unsafe open(path, flags | O_CLOEXEC, mode) }
    guard descriptor >= 0 else { throw PosixError("open", path) }
    self.descriptor = descriptor
    self.path = path
  }

  /// Takes over an open descriptor.
  package init(taking descriptor: Int32, _ name: String) {
    self.descriptor = descriptor
    path = name
  }

  deinit { _ = close(descriptor) }

  /// Reads what there is of a pipe or stream, waiting for something; empty at its end.
  package func readSome(limit: Int = 65_536) throws(PosixError) -> [UInt8] {
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, filled in
      let part = retrying { unsafe Glibc.read(descriptor, buffer.baseAddress!, limit) }
      failed = part < 0
      filled = max(0, part)
    }
    if failed { throw PosixError("read", path) }
    return bytes
  }

  /// Reads up to `count` bytes at `offset`; fewer at the end of the file.
  package func read(count: Int, at offset: Int = 0) throws(PosixError) -> [UInt8] {
    var failed = false
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count {
        let part = retrying {
          unsafe pread(descriptor, buffer.baseAddress! + filled, count - filled, offset + filled)
        }
        if part < 0 { failed = true }
        if part <= 0 { break }
        filled += part
      }
    }
    if failed { throw PosixError("read", path) }
    return bytes
  }

  /// Writes all of `bytes` at `offset`.
  package func write(_ bytes: [UInt8], at offset: Int = 0) throws(PosixError) {
    var done = 0
    while done < bytes.count {
      let part = unsafe bytes.withUnsafeBytes { buffer in
        retrying {
          unsafe pwrite(
            descriptor, buffer.baseAddress! + done, bytes.count - done, offset + done)
        }
      }
      guard part > 0 else { throw PosixError("write", path) }
      done += part
    }
  }

  package func truncate(to size: Int = 0) throws(PosixError) {
    guard retrying({ ftruncate(descriptor, size) }) == 0 else { throw PosixError("truncate", path) }
  }

  /// Flushes the file's data to the disk (`fdatasync(2)`).
  package func flush() throws(PosixError) {
    guard retrying({ fdatasync(descriptor) }) == 0 else { throw PosixError("fdatasync", path) }
  }

  /// Takes the file's `flock(2)` lock, waiting for it if asked to.
  /// - Returns: false when another open file holds it and `wait` is false.
  package func lock(_ kind: LockKind, wait: Bool) throws(PosixError) -> Bool {
    let operation = kind.operation | (wait ? 0 : LOCK_NB)
    guard retrying({ flock(descriptor, operation) }) == 0 else {
      if errno == EWOULDBLOCK { return false }
      throw PosixError("lock", path)
    }
    return true
  }

  package func unlock() { _ = flock(descriptor, LOCK_UN) }

  package enum LockKind: Sendable {
    case shared, exclusive
    fileprivate var operation: Int32 { self == .shared ? LOCK_SH : LOCK_EX }
  }
}
