// A signed statement of where the chain stood. Kept elsewhere, it shows what no file of the home
// can show: a log that was rewritten together with its hashes and HEAD (record-format.md,
// "Checkpoints").

package import Wire

/// The log's end at one moment, signed.
package struct Checkpoint: Sendable, Equatable {
  package let ledgerID: [UInt8]
  package let incarnation: UInt64
  package let position: Position
  /// The chain hash at `position`.
  package let hash: Digest
  /// By the signer's wall clock.
  package let signedAt: Timestamp
  package let publicKey: [UInt8]
  /// Ed25519 over `message`.
  package let signature: [UInt8]

  private static let magic = Array("LEDGERCHECKPOINT".utf8)
  private static let format = "ledger-checkpoint-1"
  /// Largest file that is read as one, bytes.
  package static let fileBytesMax = 4096

  init(of mark: HeadMark, at time: Timestamp, by key: SigningKey) {
    ledgerID = mark.ledgerID
    incarnation = mark.incarnation
    position = mark.position
    hash = mark.hash
    signedAt = time
    publicKey = key.publicKey
    signature = key.signature(of: Checkpoint.message(of: mark, at: time))
  }

  /// What is signed, 88 bytes: magic, ledger id, incarnation u64, position u64, chain hash, µs i64.
  private static func message(of mark: HeadMark, at time: Timestamp) -> [UInt8] {
    var bytes = magic
    bytes.append(contentsOf: mark.ledgerID)
    bytes.append(littleEndian: mark.incarnation)
    bytes.append(littleEndian: mark.position)
    mark.hash.append(to: &bytes)
    bytes.append(littleEndian: time.microseconds)
    return bytes
  }

  var mark: HeadMark {
    HeadMark(ledgerID: ledgerID, incarnation: incarnation, position: position, hash: hash)
  }

  /// True when the holder of the secret half of `publicKey` signed exactly this.
  func isSigned(by publicKey: [UInt8]) -> Bool {
    Ed25519.isValid(
      signature, of: Checkpoint.message(of: mark, at: signedAt), by: publicKey)
  }

  /// Names a public key in the log: the first 8 bytes of its SHA-256.
  package static func keyID(of publicKey: [UInt8]) -> [UInt8] {
    Array(SHA256.digest(publicKey).bytes.prefix(8))
  }
}

extension Checkpoint {
  /// The file's one object.
  package var json: JSON {
    [
      "format": .string(Checkpoint.format), "ledger_id": .string(Hex.text(ledgerID)),
      "incarnation": .int(incarnation), "at_position": .int(position),
      "chain_hash": .string(hash.description), "signed_at": .string(signedAt.description),
      "key_id": .string(Hex.text(Checkpoint.keyID(of: publicKey))),
      "public_key": .string(Hex.text(publicKey)), "signature": .string(Hex.text(signature)),
    ]
  }

  /// Reads a checkpoint file; members it does not know are passed over.
  /// - Returns: nil when the bytes are none.
  package init?(_ file: [UInt8]) {
    guard file.count <= Checkpoint.fileBytesMax, let json = try? JSON(parsing: file),
      json["format"]?.string == Checkpoint.format,
      let incarnation = json["incarnation"]?.int.flatMap(UInt64.init(exactly:)),
      let position = json["at_position"]?.int.flatMap(UInt64.init(exactly:)),
      let time = json["signed_at"]?.string.flatMap({ Timestamp($0) }),
      let ledgerID = Checkpoint.bytes(json["ledger_id"], 16),
      let hash = Checkpoint.bytes(json["chain_hash"], Digest.byteCount),
      let publicKey = Checkpoint.bytes(json["public_key"], Ed25519.publicKeyByteCount),
      let signature = Checkpoint.bytes(json["signature"], Ed25519.signatureByteCount)
    else { return nil }
    self.ledgerID = ledgerID
    self.incarnation = incarnation
    self.position = position
    self.hash = Digest(bytes: hash)
    signedAt = time
    self.publicKey = publicKey
    self.signature = signature
  }

  private static func bytes(_ json: JSON?, _ count: Int) -> [UInt8]? {
    guard let bytes = json?.string.flatMap({ Hex.bytes($0) }), bytes.count == count else {
      return nil
    }
    return bytes
  }
}
