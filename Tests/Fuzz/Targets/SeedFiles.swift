// Files of the repository that make good first inputs.

import Glibc
import Posix
import Wire

enum SeedFiles {
  /// The folder that holds Package.swift.
  static let root: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(4)
    return parts.joined(separator: "/")
  }()

  /// Contents of the files in a folder whose names end so, in order.
  static func contents(of folder: String, ending: String) -> [[UInt8]] {
    let names = (try? FileSystem.list("\(root)/\(folder)")) ?? []
    return names.sorted().filter { $0.hasSuffix(ending) }.compactMap { name in
      (try? FileSystem.read("\(root)/\(folder)/\(name)")) ?? nil
    }
  }

  /// The frozen records, as bytes.
  static var records: [[UInt8]] {
    contents(of: "schemas/golden", ending: ".hex").compactMap { text in
      Hex.bytes(String(decoding: text, as: UTF8.self).filter { !$0.isNewline })
    }
  }
}
