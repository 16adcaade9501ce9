// The key that signs this home's checkpoints: made when it is first needed, readable by its owner
// alone, never copied by a backup.

import Glibc
import Posix
import Wire

/// An Ed25519 key pair of the home.
struct SigningKey: Sendable {
  private let seed: [UInt8]
  let publicKey: [UInt8]

  private static let secretFile = "checkpoint"
  private static let publicFile = "checkpoint.pub"

  private init(seed: [UInt8]) {
    self.seed = seed
    publicKey = Ed25519.publicKey(ofSeed: seed)
  }

  func signature(of message: [UInt8]) -> [UInt8] { Ed25519.signature(of: message, seed: seed) }

  /// The home's key; makes one when there is none. Under LOCK.
  /// - Throws: `BooksError.denied` when others could have read it.
  static func ofHome(_ home: Home) throws -> SigningKey {
    let path = home.keys + "/" + secretFile
    if let status = try FileSystem.status(path) {
      guard status.permissions & 0o077 == 0 else {
        throw BooksError.denied("\(path) can be read by others: chmod 600, or remove it")
      }
      guard let text = try FileSystem.read(path, limit: 4096), let seed = bytes(text) else {
        throw BooksError.damaged("\(path) is no key", position: nil)
      }
      return SigningKey(seed: seed)
    }
    let key = SigningKey(seed: Machine.randomBytes(Ed25519.seedByteCount))
    try FileSystem.makeDirectories(home.keys, mode: 0o700)
    try FileSystem.replace(
      home.keys + "/" + publicFile, with: Array((Hex.text(key.publicKey) + "\n").utf8))
    try FileSystem.replace(path, with: Array((Hex.text(key.seed) + "\n").utf8), mode: 0o600)
    return key
  }

  /// The public key that this home signs with; nil when it never signed.
  static func publicKey(of home: Home) throws -> [UInt8]? {
    try FileSystem.read(home.keys + "/" + publicFile, limit: 4096).flatMap { bytes($0) }
  }

  /// 32 bytes as 64 hexadecimal digits and a newline.
  private static func bytes(_ text: [UInt8]) -> [UInt8]? {
    let digits = String(decoding: text, as: UTF8.self).prefix { $0 != "\n" }
    guard let bytes = Hex.bytes(digits), bytes.count == Ed25519.seedByteCount else { return nil }
    return bytes
  }
}
