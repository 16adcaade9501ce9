// doctor --providers: whether those in use answer, asked through the network.

import Support
import Testing
import Wire

@Suite("Doctor, end to end", .serialized) struct DoctorReachTests {
  private func reached(_ world: World, _ variables: [String: String]) throws -> (Int32, [JSON]) {
    let result = try Binary.ledger.run(
      ["--json", "doctor", "--providers"], environment: variables)
    let lines = try result.lines.map { try JSON(parsing: $0) }
    return (result.status, lines.filter { $0["check"] == "providers" })
  }

  @Test("any answer is good, none is bad, and without development loopback is refused")
  func providers() throws {
    let providers = try Providers("--pace", "0.1")
    let world = try World(providers)
    #expect(try reached(world, world.environment).1.map { $0["level"] } == ["ok"], "none in use")
    try world.submit("j1")
    #expect(try world.poll("--drain").wait().status == 0)
    let (status, lines) = try reached(world, world.environment)
    #expect(status == 0 && lines.count == 1 && lines.first?["level"] == "ok", "\(lines)")
    #expect(lines.first?["detail"]?.string?.contains("answered 404") == true, "\(lines)")
    var plain = world.environment
    plain["LEDGER_DEV"] = nil
    let refused = try reached(world, plain)
    #expect(refused.0 == 1 && refused.1.map { $0["level"] } == ["bad"], "\(refused)")
    _ = try providers.finish()
    let gone = try reached(world, world.environment)
    #expect(gone.0 == 1 && gone.1.first?["detail"]?.string?.contains("refused") == true, "\(gone)")
  }
}
