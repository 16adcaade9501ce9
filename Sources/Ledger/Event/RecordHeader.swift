// The 32 bytes in front of every record: what can be read without decoding the body.

package import Wire

/// A record's fixed head, little-endian: crc32c u32, type u16, version u8, flags u8, time u64,
/// subject u64, the subject's previous position u64 (schemas/record-format.md).
package struct RecordHeader: Sendable, Equatable, BitwiseCopyable {
  package static let byteCount = 32

  package struct Flags: OptionSet, Sendable, BitwiseCopyable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    /// First event of its group.
    package static let first = Flags(rawValue: 1)
    /// Last event of its group.
    package static let last = Flags(rawValue: 2)
    /// Taken over from another system's books.
    package static let imported = Flags(rawValue: 4)
  }

  /// CRC-32C of every byte of the record after this field.
  package var crc: UInt32
  /// `EventType.rawValue`; kept raw, for a newer program may know more types.
  package var type: UInt16
  package var version: UInt8
  package var flags: Flags
  /// When it was recorded; never before the event in front of it.
  package var time: Timestamp
  package var subject: SubjectNumber
  /// The subject's event before this one; 0 for its first.
  package var previous: Position

  package init(
    crc: UInt32 = 0, type: UInt16, version: UInt8, flags: Flags, time: Timestamp,
    subject: SubjectNumber, previous: Position
  ) {
    self.crc = crc
    self.type = type
    self.version = version
    self.flags = flags
    self.time = time
    self.subject = subject
    self.previous = previous
  }

  /// - Precondition: 32 bytes or more.
  package init(_ record: RawSpan) {
    crc = record.littleEndian(at: 0)
    type = record.littleEndian(at: 4)
    version = record.littleEndian(at: 6)
    flags = Flags(rawValue: record.littleEndian(at: 7))
    time = Timestamp(microseconds: record.littleEndian(at: 8))
    subject = record.littleEndian(at: 16)
    previous = record.littleEndian(at: 24)
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: crc)
    bytes.append(littleEndian: type)
    bytes.append(version)
    bytes.append(flags.rawValue)
    bytes.append(littleEndian: time.microseconds)
    bytes.append(littleEndian: subject)
    bytes.append(littleEndian: previous)
  }
}
