// Files of the caller's that become URLs in a job's input. The log keeps what was sent (name, size,
// digest); the bytes wait in the home until the poller has brought them to the store.

package import Wire

/// A file in the place of a member of the input.
package struct Attachment: Sendable, Equatable {
  /// The member, a JSON Pointer into the input (RFC 6901).
  package var pointer: String
  /// The file's own name, without folders.
  package var name: String
  /// Size, bytes.
  package var bytes: UInt64
  /// SHA-256 of the content, 32 bytes.
  package var sha256: [UInt8]
  package var mediaType: String

  package init(
    pointer: String, name: String, bytes: UInt64, sha256: [UInt8], mediaType: String
  ) {
    self.pointer = pointer
    self.name = name
    self.bytes = bytes
    self.sha256 = sha256
    self.mediaType = mediaType
  }

  /// Nil when it is not what `json` writes.
  init?(_ json: JSON) {
    guard let pointer = json["pointer"]?.string, let name = json["name"]?.string,
      let bytes = json["bytes"]?.int, bytes >= 0,
      let sha256 = json["sha256"]?.string.flatMap({ Hex.bytes($0) }),
      sha256.count == Digest.byteCount, let mediaType = json["media_type"]?.string
    else { return nil }
    self.init(
      pointer: pointer, name: name, bytes: UInt64(bytes), sha256: sha256, mediaType: mediaType)
  }

  package var json: JSON {
    [
      "pointer": .string(pointer), "name": .string(name), "bytes": .int(bytes),
      "sha256": .string(Hex.text(sha256)), "media_type": .string(mediaType),
    ]
  }

  /// Its name in the store. The digest's beginning tells files of one name apart.
  package func key(account: String, job: String) -> String {
    let digest = Hex.text(sha256).prefix(16)
    return "inputs/\(PathSegment.safe(account))/\(PathSegment.safe(job))/\(digest)/"
      + PathSegment.safe(name)
  }

  /// Where a job's files wait in the home.
  package static func folder(of job: String, in home: Home) -> String {
    "\(home.attachments)/\(PathSegment.safe(job))"
  }

  /// Where this one waits.
  package func path(of job: String, in home: Home) -> String {
    "\(Attachment.folder(of: job, in: home))/\(Hex.text(sha256))"
  }
}

extension [Attachment] {
  /// As `job.submitted` keeps them.
  var json: JSON { .array(map(\.json)) }

  /// Nil when one of them cannot be read: they were erased.
  package init?(_ json: JSON?) {
    guard let items = json?.array else { return nil }
    let attachments = items.compactMap { Attachment($0) }
    guard attachments.count == items.count else { return nil }
    self = attachments
  }
}

extension JSON {
  /// This value with another one at `pointer`: a member that is set or added, or an item that is
  /// there. Nil when there is no such place.
  package func replacing(_ pointer: JSONPointer, with value: JSON) -> JSON? {
    replacing(pointer.tokens[...], with: value)
  }

  private func replacing(_ tokens: ArraySlice<String>, with value: JSON) -> JSON? {
    guard let token = tokens.first else { return value }
    switch self {
    case .object(var object):
      guard object[token] != nil || tokens.count == 1 else { return nil }
      guard let member = (object[token] ?? .null).replacing(tokens.dropFirst(), with: value) else {
        return nil
      }
      object[token] = member
      return .object(object)
    case .array(var items):
      guard let index = Int(token), String(index) == token, items.indices.contains(index),
        let item = items[index].replacing(tokens.dropFirst(), with: value)
      else { return nil }
      items[index] = item
      return .array(items)
    default: return nil
    }
  }
}
