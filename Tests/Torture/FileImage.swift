// A file of a home as it was, to be put back as often as somebody spoils it.

import Glibc
import Posix

/// The bytes of a file, and another name for it, outside: CURRENT knows files by inode, and
/// a replay removes those that served.
struct FileImage {
  /// Relative to the home.
  let name: String
  let kept: String
  let bytes: [UInt8]

  /// Every file but those of locks.
  static func all(of home: String) throws -> [FileImage] {
    try FileSystem.makeDirectories("\(home).kept")
    return try names(in: home).enumerated().map { number, name in
      let kept = "\(home).kept/\(number)"
      try FileSystem.link("\(home)/\(name)", as: kept)
      return FileImage(name: name, kept: kept, bytes: try FileSystem.read(kept) ?? [])
    }
  }

  private static func names(in root: String, _ folder: String = "") throws -> [String] {
    try FileSystem.list("\(root)/\(folder)").flatMap { name in
      let isFolder = try FileSystem.status("\(root)/\(folder)\(name)")?.isDirectory == true
      if isFolder { return try names(in: root, "\(folder)\(name)/") }
      return name == "lock.mdb" ? [] : ["\(folder)\(name)"]
    }
  }

  /// Writes every file as it was, one bit of one flipped, and removes what was not there.
  static func restore(
    _ home: String, _ images: [FileImage], flipping flip: (name: String, offset: Int, bit: UInt8)
  ) throws {
    for name in try names(in: home) { try FileSystem.remove("\(home)/\(name)") }
    for image in images {
      var bytes = image.bytes
      if image.name == flip.name { bytes[flip.offset] ^= 1 << flip.bit }
      let file = try File(image.kept, O_WRONLY)
      try file.write(bytes)
      try file.truncate(to: bytes.count)
      let path = "\(home)/\(image.name)"
      if let folder = FileSystem.parent(of: path) { try FileSystem.makeDirectories(folder) }
      try FileSystem.link(image.kept, as: path)
    }
  }
}
