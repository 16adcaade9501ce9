// The file that makes a directory a backup: what is in it, written last. Without it the directory
// is a backup that did not come to its end.

import Glibc
import Posix
import Wire

/// What a backup holds: where its log ends, and every file with its SHA-256.
struct BackupManifest: Sendable, Equatable {
  static let fileName = "backup.json"
  static let log = "log/data.mdb"
  static let head = "HEAD"
  private static let format = "ledger-backup-1"
  /// Most files beside log and HEAD.
  static let filesMax = 300
  /// Largest of those, bytes.
  static let fileBytesMax = 1 << 20
  private static let manifestBytesMax = 1 << 20

  /// Ledger, incarnation, position and chain hash of the log's end.
  let mark: HeadMark
  let madeAt: Timestamp
  /// Path within the backup → SHA-256 of its bytes.
  let files: [(path: String, digest: Digest)]

  static func == (left: BackupManifest, right: BackupManifest) -> Bool { left.json == right.json }

  /// The object with `digest`, the SHA-256 of its canonical text without that member, at its end.
  var json: JSON {
    var object = content
    object["digest"] = .string(BackupManifest.digest(of: content).description)
    return .object(object)
  }

  /// What the file says.
  var text: [UInt8] { json.bytes + [UInt8(ascii: "\n")] }

  private static func digest(of content: JSONObject) -> Digest {
    SHA256.digest(JSON.object(content).canonicalBytes)
  }

  private var content: JSONObject {
    let object: JSON = [
      "format": .string(BackupManifest.format), "ledger_id": .string(Hex.text(mark.ledgerID)),
      "incarnation": .int(mark.incarnation), "position": .int(mark.position),
      "chain_hash": .string(mark.hash.description), "made_at": .string(madeAt.description),
      "files": .object(
        JSONObject(
          files.map { JSONObject.Member($0.path, .string($0.digest.description)) })),
    ]
    return object.object ?? JSONObject()
  }

  init(_ mark: HeadMark, madeAt: Timestamp, files: [(path: String, digest: Digest)]) {
    self.mark = mark
    self.madeAt = madeAt
    self.files = files
  }

  /// Reads the manifest of `directory`.
  /// - Throws: `BooksError.badBackup` when there is none or it names what no backup holds.
  init(in directory: String) throws {
    let path = directory + "/" + BackupManifest.fileName
    guard let text = try FileSystem.read(path, limit: BackupManifest.manifestBytesMax) else {
      throw BooksError.badBackup(
        "\(directory) is no backup, or one that did not come to its end: it has no "
          + BackupManifest.fileName)
    }
    guard let json = try? JSON(parsing: text), json["format"]?.string == BackupManifest.format,
      let ledgerID = json["ledger_id"]?.string.flatMap({ Hex.bytes($0) }), ledgerID.count == 16,
      let incarnation = json["incarnation"]?.int.flatMap(UInt64.init(exactly:)),
      let position = json["position"]?.int.flatMap(UInt64.init(exactly:)),
      let hash = BackupManifest.digest(json["chain_hash"]),
      let time = json["made_at"]?.string.flatMap({ Timestamp($0) }),
      let members = json["files"]?.object?.members,
      members.count <= BackupManifest.filesMax + 2
    else { throw BooksError.badBackup("\(path) cannot be read") }
    mark = HeadMark(
      ledgerID: ledgerID, incarnation: incarnation, position: position, hash: hash)
    madeAt = time
    files = try members.map { member in
      guard BackupManifest.isAllowed(member.name), let digest = BackupManifest.digest(member.value)
      else { throw BooksError.badBackup("\(path) names a file that no backup holds") }
      return (member.name, digest)
    }
    guard files.contains(where: { $0.path == BackupManifest.log }) else {
      throw BooksError.badBackup("\(path) names no log")
    }
    // Byte for byte: a digit of a hash in the other case means the same, and is a change.
    guard text == self.text else {
      throw BooksError.badBackup("\(path) is not what was written")
    }
  }

  private static func digest(_ json: JSON?) -> Digest? {
    guard let bytes = json?.string.flatMap({ Hex.bytes($0) }), bytes.count == Digest.byteCount
    else { return nil }
    return Digest(bytes: bytes)
  }

  /// Log, HEAD, `config.json` and `providers/NAME.json`: a name that leads elsewhere is none.
  static func isAllowed(_ path: String) -> Bool {
    if [log, head, "config.json"].contains(path) { return true }
    guard path.hasPrefix("providers/"), path.hasSuffix(".json") else { return false }
    let name = path.dropFirst("providers/".count)
    return name.utf8.count <= 255 && !name.hasPrefix(".")
      && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "/") }
  }

  /// SHA-256 of a file's bytes; a symbolic link is not followed.
  static func digest(ofFile path: String) throws -> Digest {
    let file = try File(path, O_RDONLY | O_NOFOLLOW)
    var hash = SHA256()
    var offset = 0
    while true {
      let bytes = try file.read(count: 1 << 20, at: offset)
      if bytes.isEmpty { break }
      hash.update(bytes)
      offset += bytes.count
    }
    return hash.finish()
  }
}
