// Files given with `submit --attach`: read once, kept in the home until the poller has brought them
// to the store.

import CommandLine
import Glibc
import Ledger
import Posix
import Wire

enum AttachedFiles {
  /// What the job will say of the files, and their bytes.
  struct File {
    let attachment: Attachment
    let bytes: [UInt8]
  }

  /// Reads the files.
  /// - Parameter input: must have a place for each of them.
  static func read(_ arguments: Arguments, input: JSON) throws(Failure) -> [File] {
    var files: [File] = []
    var changed = input
    for (pointer, path) in arguments.attachments("attach") {
      guard !files.contains(where: { $0.attachment.pointer == pointer.description }) else {
        throw .usage("--attach \(pointer) is given twice")
      }
      guard let next = changed.replacing(pointer, with: "") else {
        throw .usage("--attach: the input has no place \(pointer)")
      }
      changed = next
      let bytes = try InputFile.read(path, bytesMax: Limits.attachmentBytes, as: "--attach \(path)")
      let name = path.split(separator: "/").last.map(String.init) ?? "input"
      files.append(
        File(
          attachment: Attachment(
            pointer: pointer.description, name: name, bytes: UInt64(bytes.count),
            sha256: SHA256.digest(bytes).bytes, mediaType: mediaType(name)),
          bytes: bytes))
    }
    return files
  }

  /// Keeps the bytes in the home, on the disk before the job is written down.
  static func keep(_ files: [File], job: String, home: Home) throws {
    guard !files.isEmpty else { return }
    let folder = Attachment.folder(of: job, in: home)
    try FileSystem.makeDirectories(home.attachments, mode: 0o700)
    try FileSystem.makeDirectories(folder, mode: 0o700)
    for file in files {
      try FileSystem.replace(
        file.attachment.path(of: job, in: home), with: file.bytes, mode: 0o600)
    }
    try FileSystem.flushDirectory(home.attachments)
  }

  /// Removes what waits in the home for jobs of an account: text is not all that is forgotten.
  static func remove(ofAccount account: String, _ session: Session) throws {
    guard FileSystem.exists(session.home.attachments) else { return }
    let ids = try session.read { snapshot in
      try snapshot.jobs(Selector(account: account)).compactMap {
        try snapshot.subject($0)?.name.id
      }
    }
    for id in ids { try FileSystem.removeTree(Attachment.folder(of: id, in: session.home)) }
  }

  /// Large files need an address that a provider can fetch them from.
  static func requireStore(_ files: [File], _ snapshot: inout Snapshot) throws {
    guard files.contains(where: { $0.bytes.count > Limits.inlineAttachmentBytes }) else { return }
    if try snapshot.policy(Policy.storeURL) != nil, try snapshot.policy(Policy.store) != nil {
      return
    }
    if let store = try snapshot.policy(Policy.store), case .bucket? = StorePlace(store) { return }
    throw Failure(
      .configuration, "configuration",
      "files above \(Limits.inlineAttachmentBytes) bytes need a store that the provider can reach: "
        + "an s3:// store, or a folder with store_url",
      next: "ledger config set store s3://BUCKET")
  }

  private static func mediaType(_ name: String) -> String {
    guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
    return types[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
  }

  private static let types = [
    "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "webp": "image/webp",
    "gif": "image/gif", "avif": "image/avif", "mp4": "video/mp4", "webm": "video/webm",
    "mov": "video/quicktime", "mp3": "audio/mpeg", "wav": "audio/wav", "m4a": "audio/mp4",
    "ogg": "audio/ogg", "flac": "audio/flac", "txt": "text/plain", "json": "application/json",
    "pdf": "application/pdf", "glb": "model/gltf-binary", "zip": "application/zip",
  ]
}
