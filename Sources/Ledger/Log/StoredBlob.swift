// Free text as it lies beside the chain: salt, length, zstd bytes. An empty row was erased.

import Wire

/// A row of the log's `blobs` table: codec u8 (1 plain, 2 zstd), salt 16 bytes, length u32, bytes.
struct StoredBlob: Sendable, Equatable {
  static let saltBytes = 16
  private static let head = 1 + saltBytes + 4

  let salt: [UInt8]
  let content: [UInt8]

  init(salt: [UInt8], content: [UInt8]) {
    self.salt = salt
    self.content = content
  }

  /// The salt of such a row; nil when the row was erased or is none.
  static func salt(of row: RawSpan) -> [UInt8]? {
    row.byteCount < head ? nil : row.extracting(1..<1 + saltBytes).array
  }

  /// Nil when the bytes are no such row.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount >= StoredBlob.head else { return nil }
    salt = bytes.extracting(1..<1 + StoredBlob.saltBytes).array
    let count = Int(bytes.littleEndian(UInt32.self, at: 1 + StoredBlob.saltBytes))
    let data = bytes.extracting(StoredBlob.head..<bytes.byteCount).array
    switch bytes.littleEndian(UInt8.self, at: 0) {
    case 1 where data.count == count: content = data
    case 2 where count <= Limits.replyBytes:
      guard let plain = Zstd.decompress(data, count: count) else { return nil }
      content = plain
    default: return nil
    }
  }

  /// Bytes of a row's content before compression; nil when the row was erased.
  static func contentBytes(_ bytes: RawSpan) -> Int? {
    guard bytes.byteCount >= head else { return nil }
    return Int(bytes.littleEndian(UInt32.self, at: 1 + saltBytes))
  }

  var encoded: [UInt8] {
    let compressed = content.count >= 64 ? Zstd.compress(content) : nil
    var bytes: [UInt8] = [compressed == nil ? 1 : 2]
    bytes.append(contentsOf: salt)
    bytes.append(littleEndian: UInt32(content.count))
    bytes.append(contentsOf: compressed ?? content)
    return bytes
  }
}
