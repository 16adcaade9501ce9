// The schemas themselves, and the little validator that holds lines against them.

import Foundation
import Support
import Testing
import Wire

@Suite("The schemas") struct SchemaTests {
  static let all = (try? FileManager.default.contentsOfDirectory(atPath: Schemas.folder.path)) ?? []

  @Test("every schema is JSON, names itself and says what it is for", arguments: all)
  func named(_ file: String) throws {
    let name = String(file.dropLast(".schema.json".count))
    let schema = try Schemas.named(name)
    #expect(schema["$schema"]?.string == "https://json-schema.org/draft/2020-12/schema")
    #expect(schema["$id"]?.string == file)
    #expect(schema["title"]?.string?.isEmpty == false)
    #expect(schema["description"]?.string?.isEmpty == false)
  }

  @Test(
    "the validator sees what is wrong",
    arguments: [
      (#"{"type":"string"}"#, "1"), (#"{"type":["string","null"]}"#, "true"),
      (#"{"type":"integer"}"#, "1.5"), (#"{"const":1}"#, "2"), (#"{"enum":["a",null]}"#, #""b""#),
      (#"{"required":["a"]}"#, "{}"), (#"{"properties":{"a":{"type":"null"}}}"#, #"{"a":1}"#),
      (#"{"properties":{"a":{}}}"#, #"{"b":1}"#),
      (#"{"additionalProperties":false}"#, #"{"b":1}"#),
      (#"{"additionalProperties":{"type":"null"}}"#, #"{"b":1}"#),
      (#"{"items":{"minimum":2}}"#, "[2,1]"), (#"{"maximum":2}"#, "3"),
      (#"{"pattern":"^a$"}"#, #""b""#), (#"{"oneOf":[{"minimum":1},{"minimum":2}]}"#, "3"),
      (#"{"anyOf":[{"type":"null"}]}"#, "3"), (#"{"uniqueItems":true}"#, "[1]"),
    ])
  func refusals(_ schema: String, _ value: String) throws {
    let check = SchemaCheck(try JSON(parsing: schema))
    #expect(check.problems(of: try JSON(parsing: value)).count == 1)
  }

  @Test(
    "the validator is content with what is right",
    arguments: [
      (#"{"type":["string","null"]}"#, "null"), (#"{"type":"number","minimum":0}"#, "0.38"),
      (#"{"required":["a"],"properties":{"a":{"const":1}}}"#, #"{"a":1}"#),
      (#"{"properties":{},"additionalProperties":true}"#, #"{"b":1}"#),
      (#"{"oneOf":[{"type":"null"},{"minimum":2}]}"#, "3"), (#"{"minimum":2}"#, #""text""#),
    ])
  func acceptances(_ schema: String, _ value: String) throws {
    let check = SchemaCheck(try JSON(parsing: schema))
    #expect(check.problems(of: try JSON(parsing: value)) == [])
  }
}
