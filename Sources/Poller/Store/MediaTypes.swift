// Media types (RFC 6838) of what is stored: is it the output, and how does its name end.

enum MediaTypes {
  /// Whether what came is an error page or text in an output's stead. Other differences are
  /// ordinary: storage often knows no better than `application/octet-stream`.
  static func isNot(_ received: String, _ expected: String?) -> Bool {
    let isPage = received == "text/html" || received == "application/xhtml+xml"
    let isNote =
      received == "application/json" || received == "application/problem+json"
      || received == "application/xml" || received == "text/xml"
    guard let expected else { return isPage }
    return (isPage || isNote) && received != expected
  }

  /// How an output's name ends: by the type the provider named, its URL, the type received.
  static func ending(expected: String?, url: String, received: String?) -> String {
    if let expected, let known = endings[expected] { return known }
    if let written = ending(of: url) { return written }
    return received.flatMap { endings[$0] } ?? "bin"
  }

  /// `[a-z0-9]{1,8}` after the last dot of the URL's path.
  private static func ending(of url: String) -> String? {
    guard !url.hasPrefix("data:") else { return nil }
    let path = url.prefix { $0 != "?" && $0 != "#" }
    guard let name = path.split(separator: "/").dropFirst(2).last,
      let dot = name.lastIndex(of: ".")
    else { return nil }
    let ending = name[name.index(after: dot)...].lowercased()
    let isPlain = ending.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0)
    }
    return isPlain && (1...8).contains(ending.utf8.count) ? ending : nil
  }

  private static let endings = [
    "video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov", "video/x-matroska": "mkv",
    "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif",
    "image/avif": "avif", "image/svg+xml": "svg", "audio/mpeg": "mp3", "audio/wav": "wav",
    "audio/x-wav": "wav", "audio/mp4": "m4a", "audio/ogg": "ogg", "audio/flac": "flac",
    "application/json": "json", "text/plain": "txt", "text/csv": "csv", "text/html": "html",
    "application/zip": "zip", "application/x-tar": "tar", "application/pdf": "pdf",
    "model/gltf-binary": "glb", "model/obj": "obj",
  ]
}
