// Where outputs are saved, as policy `store` says it: a folder of this machine or a bucket that
// speaks S3's API.

/// A place for outputs.
package enum StorePlace: Sendable, Equatable {
  /// An absolute path without a slash at its end.
  case folder(String)
  /// `prefix` stands before every key, without slashes at its ends; empty: none.
  case bucket(name: String, prefix: String)

  /// `file:///DIR` (percent-encoded, RFC 8089) or `s3://BUCKET[/PREFIX]`; nil for anything else.
  package init?(_ text: String) {
    if text.hasPrefix("s3://") {
      let parts = text.dropFirst(5).split(
        separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = parts.first.map(String.init), StorePlace.isBucket(name) else { return nil }
      var prefix = parts.count == 2 ? String(parts[1]) : ""
      if prefix.hasSuffix("/") { prefix.removeLast() }
      guard prefix.isEmpty || PathSegment.arePlain(prefix) else { return nil }
      self = .bucket(name: name, prefix: prefix)
    } else if text.hasPrefix("file:///") {
      guard var path = PathSegment.percentDecoded(text.dropFirst(7)), path.utf8.count <= 1024
      else { return nil }
      while path.count > 1, path.hasSuffix("/") { path.removeLast() }
      let segments = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      guard segments.allSatisfy({ !["", ".", ".."].contains($0) }), !segments.isEmpty,
        path.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else { return nil }
      self = .folder(path)
    } else {
      return nil
    }
  }

  /// The key with the place's own prefix: an object's whole name, or a path under the folder.
  package func key(_ key: String) -> String {
    guard case .bucket(_, let prefix) = self, !prefix.isEmpty else { return key }
    return "\(prefix)/\(key)"
  }

  /// What a key is reached under.
  /// - Parameter base: policy `store_url`; without one the place's own scheme names it.
  package func url(of key: String, base: String?) -> String {
    if var base {
      while base.hasSuffix("/") { base.removeLast() }
      return "\(base)/\(PathSegment.percentEncoded(key))"
    }
    switch self {
    case .folder(let path): return "file://\(PathSegment.percentEncoded("\(path)/\(key)"))"
    case .bucket(let name, _): return "s3://\(name)/\(key)"
    }
  }

  /// The rules of S3 for names that can stand in a path (Amazon S3 User Guide, "General purpose
  /// bucket naming rules"); R2's are narrower.
  private static func isBucket(_ name: String) -> Bool {
    let isPlain = name.utf8.allSatisfy { byte in
      (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x2E
    }
    let ends = [name.utf8.first, name.utf8.last]
    return (3...63).contains(name.utf8.count) && isPlain && !name.contains("..")
      && !ends.contains(0x2D) && !ends.contains(0x2E)
  }
}
