// The schemas of schemas/output, and the one way to hold a line against one.

import Foundation
import Support
import Testing
import Wire

enum Schemas {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "schemas/output")

  static func named(_ name: String) throws -> JSON {
    let data = try Data(contentsOf: folder.appending(path: "\(name).schema.json"))
    return try JSON(parsing: Array(data))
  }

  /// Records an issue for each thing that is wrong with `line`.
  static func expect(
    _ line: JSON, fits name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let problems = SchemaCheck(try named(name)).problems(of: line)
    #expect(problems == [], "\(name): \(line.text.prefix(400))", sourceLocation: sourceLocation)
  }

  /// The members of INTERFACES that must stand first and in this order.
  static func expect(
    _ line: JSON?, begins names: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let names = names.split(separator: " ").map(String.init)
    let members = line?.object?.members.map(\.name) ?? []
    #expect(Array(members.prefix(names.count)) == names, sourceLocation: sourceLocation)
  }
}
