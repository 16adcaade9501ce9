// What a log says of itself.

import LMDB
import Wire

/// The row of the log's `meta` table: written at creation, changed only by a restore.
package struct LogMeta: Sendable, Equatable {
  /// Version of the record format that this program reads and writes.
  package static let currentFormat: UInt32 = 1
  static let key = Array("log".utf8)

  package var format = LogMeta.currentFormat
  /// Programs older than this must not write.
  package var minimumWriter: UInt32 = 1
  /// Random, 16 bytes; a copy keeps it.
  package var ledgerID: [UInt8]
  /// Raised by each restore.
  package var incarnation: UInt64 = 1

  init(ledgerID: [UInt8]) { self.ledgerID = ledgerID }

  /// Bytes of the row without its checksum, which rows of older programs do not have.
  private static let fieldBytes = 32

  /// Nil when the bytes are no such row, or not what was written.
  init?(_ bytes: RawSpan) {
    switch bytes.byteCount {
    case LogMeta.fieldBytes: break
    case LogMeta.fieldBytes + 4:
      let fields = bytes.extracting(0..<LogMeta.fieldBytes)
      guard CRC32C.checksum(fields) == bytes.littleEndian(at: LogMeta.fieldBytes) else {
        return nil
      }
    default: return nil
    }
    format = bytes.littleEndian(at: 0)
    minimumWriter = bytes.littleEndian(at: 4)
    incarnation = bytes.littleEndian(at: 8)
    ledgerID = bytes.extracting(16..<32).array
  }

  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: format)
    bytes.append(littleEndian: minimumWriter)
    bytes.append(littleEndian: incarnation)
    bytes.append(contentsOf: ledgerID)
    bytes.append(littleEndian: CRC32C.checksum(bytes.bytes))
    return bytes
  }
}
