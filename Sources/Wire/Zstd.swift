// Zstandard for blobs: small texts, written once, read rarely.

import CZstd

package enum Zstd {
  /// The bytes as one zstd frame at level 1; nil when that would not be shorter.
  package static func compress(_ bytes: [UInt8]) -> [UInt8]? {
    let bound = ZSTD_compressBound(bytes.count)
    let frame = unsafe [UInt8](unsafeUninitializedCapacity: bound) { buffer, filled in
      let size = unsafe bytes.withUnsafeBytes {
        unsafe ZSTD_compress(buffer.baseAddress, bound, $0.baseAddress, $0.count, 1)
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
