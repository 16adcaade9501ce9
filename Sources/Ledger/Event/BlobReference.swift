// How the chained record points at free text: by number and salted digest, never by the text.

package import Wire

/// Free text or bytes that belong to an event, kept beside the chain so that it can be erased.
package enum BlobReference: Sendable, Hashable {
  /// Not yet in the log: what a decision wants to be kept.
  case content([UInt8])
  /// In the log: ordinal in `blobs` and the first 16 bytes of SHA-256(salt, bytes).
  case stored(BlobName)

  /// Text of any length; kept as UTF-8.
  package init(_ text: String) { self = .content(Array(text.utf8)) }

  package init(_ json: JSON) { self = .content(json.bytes) }

  package init() { self = .content([]) }

  /// Where it is kept; nil before it is.
  package var name: BlobName? { if case .stored(let name) = self { name } else { nil } }
}

/// A kept blob: its number and what its bytes must hash to.
package struct BlobName: Sendable, Hashable, BitwiseCopyable {
  /// 1, 2, 3, ... in the log's `blobs` table.
  package let ordinal: UInt64
  /// First 16 bytes of SHA-256(salt, bytes), as two little-endian words.
  package let digest: SaltedDigest

  package init(ordinal: UInt64, digest: SaltedDigest) {
    self.ordinal = ordinal
    self.digest = digest
  }
}

/// Sixteen bytes of a salted SHA-256: says nothing about a text once its salt is erased.
package struct SaltedDigest: Sendable, Hashable, BitwiseCopyable {
  let low: UInt64
  let high: UInt64
  package static let byteCount = 16

  /// - Precondition: 16 bytes or more; the first 16 count.
  package init(_ bytes: RawSpan) {
    low = bytes.littleEndian(at: 0)
    high = bytes.littleEndian(at: 8)
  }

  /// The digest of `content` under `salt`.
  package init(salt: [UInt8], content: [UInt8]) {
    self.init(SHA256.digest(salt, content).bytes.bytes)
  }

  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }

  func append(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: low)
    bytes.append(littleEndian: high)
  }
}
