// Zstandard for blobs: small texts, written once, read rarely.

import CZstd
import Synchronization

package enum Zstd {
  /// Made once: setting one up costs as much as compressing a few kilobytes.
  private static let compressor = Mutex(Compressor())

  /// The bytes as one zstd frame at level 1; nil when that would not be shorter.
  package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
    let bound = ZSTD_compressBound(bytes.count)
    let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, filled in
      let size = unsafe bytes.withUnsafeBytes { source in
        compressor.withLock { unsafe $0.compress(source, into: buffer) }
      }
      filled = ZSTD_isError(size) == 0 ? size : bound
    }
    return frame.count < bytes.count ? frame : nil
  }

  /// The content of one zstd frame that holds exactly `count` bytes; nil when it does not.
  package static func decompress(_ frame: [UInt8], count: Int) -> [UInt8]? {
    var size = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      size = unsafe frame.withUnsafeBytes {
        unsafe ZSTD_decompress(buffer.baseAddress, count, $0.baseAddress, $0.count)
      }
      filled = ZSTD_isError(size) == 0 ? size : 0
    }
    return ZSTD_isError(size) == 0 && size == count ? bytes : nil
  }
}

/// A context of the library's (zstd.h, "Explicit context"), for one thread at a time.
@safe private struct Compressor: ~Copyable, @unchecked Sendable {
  private let context: OpaquePointer?

  init() { unsafe context = ZSTD_createCCtx() }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// - Returns: the frame's size, or an error of the library's.
  func compress(_ source: UnsafeRawBufferPointer, into buffer: UnsafeMutableBufferPointer<UInt8>)
    -> Int
  {
    unsafe ZSTD_compressCCtx(
      context, buffer.baseAddress, buffer.count, source.baseAddress, source.count, 1)
  }
}
