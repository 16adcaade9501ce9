// schemas/profile.schema.json describes the same members that the reader knows.

import Foundation
import Testing
import Wire

import Ledger
@testable import Providers

@Suite("The profile's schema")
struct SchemaTests {
  static let schema: JSON = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try? Data(contentsOf: root.appending(path: "schemas/profile.schema.json"))
    return data.flatMap { try? JSON(parsing: Array($0)) } ?? nil
  }()

  private func names(_ json: JSON?) -> Set<String> {
    Set(json?["properties"]?.object?.members.map(\.name) ?? [])
  }

  @Test("the schema names every member of the reader, and no other")
  func topLevel() {
    #expect(names(SchemaTests.schema) == Set(ProfileReader.names))
    let definitions = SchemaTests.schema["$defs"]
    #expect(names(definitions?["condition"]) == Set(Members.conditionNames))
    let outcomes = definitions?["outcome"]?["enum"]?.array?.compactMap(\.string) ?? []
    #expect(Set(outcomes) == Set(Outcome.allCases.map(\.rawValue)))
  }

  @Test("every object of the schema refuses unknown members, as the reader does")
  func closed() {
    func check(_ json: JSON, _ place: String) {
      if let properties = json["properties"] {
        #expect(json["additionalProperties"]?.bool == false, "\(place)")
        for member in properties.object?.members ?? [] {
          let hasWords = member.value["description"] != nil || member.value["$ref"] != nil
          #expect(hasWords, "\(place)/\(member.name) has no description")
        }
      }
      for member in json.object?.members ?? [] { check(member.value, "\(place)/\(member.name)") }
      for item in json.array ?? [] { check(item, place) }
    }
    check(SchemaTests.schema, "")
  }

  @Test("a member the schema names is known to the reader wherever it stands")
  func sections() {
    let profile = Fixture.queue.object
    for section in SchemaTests.schema["properties"]?.object?.members ?? [] {
      var definition = section.value
      if let reference = definition["$ref"]?.string {
        definition = SchemaTests.schema["$defs"]?[String(reference.dropFirst(8))] ?? nil
      }
      for member in definition["properties"]?.object?.members ?? [] {
        var changed = profile ?? JSONObject()
        var inner = changed[section.name]?.object ?? JSONObject()
        inner[member.name] = inner[member.name] ?? .bool(true)
        changed[section.name] = .object(inner)
        let unknown = Profile.lint(.object(changed)).filter {
          $0.pointer == "/\(section.name)/\(member.name)" && $0.message.contains("unknown member")
        }
        #expect(unknown.isEmpty, "\(section.name)/\(member.name)")
      }
    }
  }
}
