// The files of this repository, found from where this file stands.

import Foundation

enum Repository {
  /// The folder that holds Package.swift.
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Every Swift file of the product and of its tests.
  static let swift: [SourceFile] = files(in: ["Sources", "Tests"]).filter { $0.kind == "swift" }

  /// Every text a person writes: the Swift files, C, scripts, schemas, documents.
  static let texts: [SourceFile] =
    files(in: ["Sources", "Tests", "tools", "schemas"])
    + ["Package.swift", "README.md"].compactMap { read($0) }

  /// Swift files under Sources.
  static var sources: [SourceFile] { swift.filter { $0.module != nil } }

  /// Regular files below `folders`, in path order; hidden files, byte-code and binaries left out.
  static func files(in folders: [String]) -> [SourceFile] {
    folders.flatMap { folder in
      let paths = FileManager.default.enumerator(atPath: root.appending(path: folder).path)
      return (paths?.compactMap { $0 as? String } ?? []).sorted()
        .filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__pycache__" } }
        .compactMap { read("\(folder)/\($0)") }
    }
  }

  /// Nil for a folder, a missing file and a file that is not UTF-8.
  private static func read(_ path: String) -> SourceFile? {
    guard let data = try? Data(contentsOf: root.appending(path: path)),
      let text = String(validating: data, as: UTF8.self)
    else { return nil }
    return SourceFile(path: path, text: text)
  }
}
