// Little-endian integers in and out of bytes: the one byte order of every file here.

extension RawSpan {
  /// The little-endian integer at `offset`. Traps beyond the end.
  @inlinable
  package func littleEndian<T: FixedWidthInteger & BitwiseCopyable>(
    _ type: T.Type = T.self, at offset: Int
  ) -> T {
    precondition(offset >= 0 && offset + MemoryLayout<T>.size <= byteCount, "read past the end")
    // The bounds were just checked, and every bit pattern is an integer.
    return unsafe T(
      littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: T.self))
  }

  /// The bytes as an array.
  @inlinable
  package var array: [UInt8] {
    unsafe withUnsafeBytes { unsafe [UInt8]($0) }
  }
}

extension Array where Element == UInt8 {
  /// Appends an integer's bytes, least significant first.
  @inlinable
  package mutating func append<T: FixedWidthInteger & BitwiseCopyable>(littleEndian value: T) {
    unsafe Swift.withUnsafeBytes(of: value.littleEndian) { unsafe append(contentsOf: $0) }
  }

  /// Overwrites the bytes at `offset` with an integer's, least significant first.
  @inlinable
  package mutating func replace<T: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, littleEndian value: T
  ) {
    precondition(offset >= 0 && offset + MemoryLayout<T>.size <= count, "write past the end")
    unsafe withUnsafeMutableBytes { bytes in
      unsafe bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: T.self)
    }
  }
}

extension Array where Element == UInt8 {
  /// The array's bytes, borrowed.
  @inlinable
  package var bytes: RawSpan {
    @_lifetime(borrow self) get { unsafe span.bytes }
  }
}

extension Array where Element == UInt8 {
  /// Appends all bytes of a span.
  @inlinable
  package mutating func append(_ bytes: RawSpan) {
    unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
  }
}
