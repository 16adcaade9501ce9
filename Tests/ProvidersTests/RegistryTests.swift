// Built-in profiles, a user's own, and what a profile is digested by.

import Providers
import Testing
import Wire

@Suite("Registry")
struct RegistryTests {
  @Test("the built-in profiles are in the program")
  func builtIns() throws {
    let registry = ProfileRegistry()
    #expect(
      registry.names == [
        "fal", "higgsfield", "higgsfield-legacy", "replicate", "self-hosted", "superduperai",
      ])
    for name in registry.names {
      #expect(try registry.profile(name).name == name)
      #expect(registry.origin(of: name) == .builtIn)
    }
    #expect(try registry.profile("master-mode").name == "self-hosted")
    #expect(try registry.profile("replicate").secretNames == ["REPLICATE_API_TOKEN"])
    let ours = try registry.profile("self-hosted")
    #expect(ours.secretNames { _ in false } == [], "an optional secret that is not set")
    #expect(ours.secretNames { _ in true } == ["SELF_HOSTED_TOKEN"])
  }

  @Test("a user's own profile wins over a built-in one, and stands beside it")
  func overrides() throws {
    let own = Fixture.small(["name": "replicate"])
    let registry = ProfileRegistry(overrides: [
      "replicate": own.bytes, "small": Fixture.small.bytes, "broken": Array("{}".utf8),
    ])
    let builtIns = ProfileRegistry().names
    #expect(registry.names == (builtIns + ["broken", "small"]).sorted())
    #expect(registry.origin(of: "replicate") == .override)
    #expect(
      try registry.profile("replicate").declaredBase.description == "https://small.example.com/api")
    #expect(try registry.profile("small").name == "small")
    #expect {
      try registry.profile("broken")
    } throws: { error in
      if case .broken("broken", let problems) = error as? RegistryError {
        problems.count > 3
      } else {
        false
      }
    }
  }

  @Test("a file must carry its own profile's name")
  func misnamed() {
    let registry = ProfileRegistry(overrides: ["other": Fixture.small.bytes])
    #expect {
      try registry.profile("other")
    } throws: { error in
      if case .broken(_, let problems) = error as? RegistryError {
        problems.map(\.pointer) == ["/name"]
      } else {
        false
      }
    }
  }

  @Test("an unknown provider is refused with the nearest name")
  func unknown() {
    #expect(throws: RegistryError.unknown("replicat", suggestion: "replicate")) {
      try ProfileRegistry().profile("replicat")
    }
    #expect(throws: RegistryError.unknown("zzz", suggestion: nil)) {
      try ProfileRegistry().profile("zzz")
    }
  }

  @Test("two layouts of one profile have the same canonical bytes")
  func canonical() throws {
    let members = Fixture.small.object?.members ?? []
    let turned = JSON.object(JSONObject(members.reversed()))
    #expect(
      try Fixture.profile(turned).canonicalBytes == Fixture.profile(Fixture.small).canonicalBytes)
    let other = try Fixture.profile(Fixture.small(["title": "T"]))
    #expect(try other.canonicalBytes != Fixture.profile(Fixture.small).canonicalBytes)
  }

  @Test("limits are read, and have defaults")
  func limits() throws {
    let queue = try Fixture.profile(Fixture.queue).limits
    #expect(queue.inFlight == 3)
    #expect(queue.patienceSeconds == 600)
    #expect(queue.outputLifeSeconds == 60)
    #expect(queue.poll.startSeconds == 0.5 && queue.poll.slowSeconds == 60)
    let small = try Fixture.profile(Fixture.small).limits
    #expect(small == ProfileLimits())
  }
}
