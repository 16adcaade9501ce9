// The description and the routes are one.

import Ledger
import Support
import Testing
import Wire

@testable import Server

@Suite("The API's description") struct DescriptionTests {
  /// The page's own files are no part of the API.
  private static let ofThePage: Set = ["GET /", "GET /client.js", "GET /page/{name}"]

  @Test("every route is described, and everything described is a route, for the same scopes")
  func same() {
    let described = Dictionary(
      uniqueKeysWithValues: Description.shared.operations.map {
        ("\($0.method) \($0.path)", ($0.isOpen, $0.scopes))
      })
    let routes = Dictionary(
      uniqueKeysWithValues: Routes.all.map { ("\($0.method) \($0.pattern)", $0.access) })
    #expect(Set(routes.keys).subtracting(DescriptionTests.ofThePage) == Set(described.keys))
    for (name, access) in routes {
      guard let (isOpen, scopes) = described[name] else { continue }
      switch access {
      case .open: #expect(isOpen && scopes.isEmpty, "\(name)")
      case .known: #expect(!isOpen && scopes.isEmpty, "\(name)")
      case .scope(let scope): #expect(!isOpen && scopes == [scope.rawValue], "\(name)")
      }
    }
  }

  @Test("operation ids are unique, and every reference leads somewhere")
  func references() throws {
    let description = Description.shared
    let ids = description.operations.map(\.id)
    #expect(Set(ids).count == ids.count && !ids.contains(""))
    var dangling: [String] = []
    func walk(_ value: JSON) {
      if let target = value["$ref"]?.string {
        let pointer = JSONPointer(String(target.dropFirst()))
        if pointer.flatMap({ description.json.at($0) }) == nil { dangling.append(target) }
      }
      for member in value.object?.members ?? [] { walk(member.value) }
      for item in value.array ?? [] { walk(item) }
    }
    walk(description.json)
    #expect(dangling == [])
  }

  @Test("it is served to anybody, with a tag")
  func served() throws {
    let house = try House(tokens: [House.token().kept])
    let reply = try house.get("/openapi.json")
    #expect(reply.status == 200 && reply.json == Description.shared.json)
    let tag = try #require(reply.field("etag"))
    #expect(try house.get("/openapi.json", ["If-None-Match": tag]).status == 304)
  }
}
