// An event's bytes in the log: header, CBOR map, chain hash.

package import Wire

/// A record as it lies in the log, not yet decoded.
package struct Record: ~Escapable {
  package let bytes: RawSpan
  package let header: RecordHeader

  /// Bytes around the CBOR map: the header before it and the chain hash after it.
  static let overhead = RecordHeader.byteCount + Digest.byteCount

  /// - Throws: `RecordError.short` when it cannot hold a header and a hash.
  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan) throws(RecordError) {
    guard bytes.byteCount > Record.overhead else { throw .short }
    self.bytes = bytes
    header = RecordHeader(bytes)
  }

  /// The CBOR map.
  package var body: RawSpan {
    @_lifetime(copy self) get {
      bytes.extracting(RecordHeader.byteCount..<bytes.byteCount - Digest.byteCount)
    }
  }

  /// SHA-256 of the hash before it and this record's bytes from the type to the body's end.
  package var hash: Digest {
    Digest(bytes: bytes.extracting(last: Digest.byteCount))
  }

  /// True when the checksum is that of the bytes.
  package var isIntact: Bool {
    CRC32C.checksum(bytes.extracting(droppingFirst: 4)) == header.crc
  }

  /// True when the hash follows from `previous` and the bytes.
  package func isChained(to previous: Digest) -> Bool {
    SHA256.link(previous, bytes.extracting(4..<bytes.byteCount - Digest.byteCount)) == hash
  }

  /// The event of bytes that are what was written, for everybody who acts on it or shows it.
  /// - Throws: `RecordError`; `changed` when the checksum is another, or the subject's event before
  ///   this one is said to come later: whoever walks a chain back comes to its end.
  package func verified(at position: Position) throws(RecordError) -> RecordedEvent {
    guard isIntact, header.previous < position else { throw .changed(position) }
    return try decoded(at: position)
  }

  /// The event with everything around it, whatever the checksum says: for whoever looks at damage.
  /// - Throws: `RecordError` for a type or version this program does not know, or a wrong body.
  package func decoded(at position: Position) throws(RecordError) -> RecordedEvent {
    guard let type = EventType(rawValue: header.type), header.version == 1 else {
      throw .unknownType(header.type, version: header.version)
    }
    var envelope = Envelope()
    var reader = CBORReader(body)
    do throws(CBORError) {
      let event = try Event.decode(type, from: &reader, envelope: &envelope)
      guard reader.isAtEnd else {
        throw CBORError(reason: "bytes after the map", offset: reader.offset)
      }
      return RecordedEvent(
        position: position, header: header, envelope: consume envelope, event: event, hash: hash)
    } catch {
      throw .body(type, error)
    }
  }

  /// Writes a record's bytes into `output`, replacing what it held.
  /// - Returns: the record's chain hash.
  static func encode(
    _ header: RecordHeader, _ event: Event, _ envelope: Envelope, after previous: Digest,
    scratch writer: inout CBORWriter, into output: inout [UInt8]
  ) -> Digest {
    let body = event.body
    writer.reset()
    writer.map(count: body.fieldCount + envelope.fieldCount)
    body.encode(to: &writer)
    envelope.encode(to: &writer)
    output.removeAll(keepingCapacity: true)
    header.append(to: &output)
    output.append(contentsOf: writer.bytes)
    let hash = SHA256.link(previous, output.bytes.extracting(droppingFirst: 4))
    hash.append(to: &output)
    let crc = CRC32C.checksum(output.bytes.extracting(droppingFirst: 4))
    output.replace(at: 0, littleEndian: crc)
    return hash
  }
}

/// Why a record cannot be read.
package enum RecordError: Error, Equatable, CustomStringConvertible {
  /// Fewer bytes than header and hash need.
  case short
  /// Written by a newer program.
  case unknownType(UInt16, version: UInt8)
  case body(EventType, CBORError)
  /// The checksum is not that of the bytes.
  case changed(Position)

  package var description: String {
    switch self {
    case .short: "the record is shorter than its header and hash"
    case .unknownType(let type, let version): "unknown event type \(type) version \(version)"
    case .body(let type, let error): "\(type.name): \(error)"
    case .changed(let position): "position \(position): the bytes changed"
    }
  }
}
