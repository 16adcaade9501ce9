// Media types of outputs (RFC 6838): read strictly, and guessed where nobody states one.

package enum MediaType {
  /// By the extension of the URL's path, or a data URI's own type (RFC 2397 §3).
  static func of(url: String) -> String? {
    if url.utf8.starts(with: "data:".utf8) {
      let type = url.dropFirst(5).prefix { $0 != ";" && $0 != "," }
      return type.isEmpty ? "text/plain" : checked(String(type))
    }
    guard let path = WebAddress(url)?.path, let dot = path.lastIndex(of: "."),
      !path[dot...].contains("/")
    else { return nil }
    return extensions[path[path.index(after: dot)...].lowercased()]
  }

  /// Lower case without parameters; nil when it does not look like one.
  package static func checked(_ text: String) -> String? {
    let type = text.lowercased().prefix { $0 != ";" && $0 != " " && $0 != "\t" }
    let parts = type.split(separator: "/", omittingEmptySubsequences: false)
    let isType =
      type.utf8.count <= 127 && parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
      && type.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || "/.+-_".utf8.contains(byte)
      }
    return isType ? String(type) : nil
  }

  private static let extensions = [
    "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "mov": "video/quicktime",
    "mkv": "video/x-matroska", "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg",
    "webp": "image/webp", "gif": "image/gif", "avif": "image/avif", "svg": "image/svg+xml",
    "mp3": "audio/mpeg", "wav": "audio/wav", "m4a": "audio/mp4", "ogg": "audio/ogg",
    "flac": "audio/flac", "json": "application/json", "txt": "text/plain", "csv": "text/csv",
    "zip": "application/zip", "tar": "application/x-tar", "pdf": "application/pdf",
    "glb": "model/gltf-binary", "obj": "model/obj", "safetensors": "application/octet-stream",
  ]
}
