// Pipelines from outside: the built programs, providers on loopback, a poller that is killed.

import Support
import Testing
import Wire

@Suite("Pipelines, end to end", .serialized) struct PipelineEndToEndTests {
  /// An image, then a video of it.
  private static func steps(
    second: JSON = [:], provider: String = "replicate", share: String = "1.2"
  ) -> String {
    let steps: JSON = [
      [
        "provider": "replicate", "model": "acme/image", "input": ["prompt": "{{job.id}}, a fox"],
        "share": "0.8",
      ],
      [
        "provider": .string(provider), "model": "acme/video",
        "input": ["image": "{{steps.0.outputs.0.url}}", "simulate": second],
        "share": .string(share),
      ],
    ]
    return steps.text
  }

  private func submit(
    _ world: World, _ id: String, _ steps: String, _ more: String...
  ) throws {
    let path = try world.home.file("\(id).json", steps)
    let result = try Binary.ledger.run(
      ["submit", "--steps", path, "--account", "acme", "--hold", "2", "--id", id] + more,
      environment: world.environment)
    #expect(result.status == 0, "\(result)")
  }

  private func status(_ world: World, _ id: String) throws -> JSON {
    try #require(try world.home.json("status", id).first)
  }

  /// Replay equal, the audit content, and an import of the export the same home.
  private func expectSound(_ world: World) throws {
    let replay = try #require(try world.home.json("replay", "--check").first)
    #expect(replay["equal"] == true, "\(replay.text)")
    let audit = try world.home.ledger("audit")
    #expect(audit.status == 0, "\(audit.output)")
    #expect(try world.home.ledger("verify").status == 0)
    let export = try world.home.ledger("export").output
    let other = try CommandHome()
    #expect(try other.ledger("import", try world.home.file("all.ndjson", export)).status == 0)
    #expect(try other.ledger("export").output == export)
    #expect(try other.json("replay", "--check").first?["digest"] == replay["digest"])
  }

  @Test("killed between anything: every pipeline ends once, with its own money, sent once a step")
  func killed() throws {
    let providers = try Providers("--pace", "0.2-0.6", "--outcomes", "failed:0.2", "--seed", "5")
    let world = try World(providers)
    for number in 1...10 {
      try submit(world, "p\(number)", PipelineEndToEndTests.steps())
    }
    let first = try world.poll("--in-flight", "4")
    try world.wait(for: "second steps") { try world.events("job.step_succeeded").count > 1 }
    first.signal(9)
    #expect(first.wait().status == 137)
    let drained = try Binary.ledger.run(["poll", "--drain"], environment: world.environment)
    #expect([0, 75].contains(drained.status), "\(drained.error)")
    for job in try world.home.json("status") {
      let state = job["state"]?.string ?? ""
      #expect(["succeeded", "failed", "parked"].contains(state), "\(job.text)")
      #expect((job["captured"] == "2") == (state == "succeeded"), "\(job.text)")
      #expect((job["released"] == "2") == (state == "failed"), "\(job.text)")
      let steps = job["steps"]?.array ?? []
      #expect(steps.count == 2)
      if state == "succeeded" {
        #expect(steps.allSatisfy { $0["external_id"]?.string != nil }, "\(job.text)")
      }
    }
    try expectSound(world)
    let saw = try providers.finish()
    #expect(saw["submitted_twice"] == .array([]), "\(saw.text)")
  }

  @Test("a step that is paid for by its profile stays paid when the next fails or the hold ends")
  func completedSteps() throws {
    let providers = try Providers("--pace", "0.1")
    let world = try World(providers)
    try world.profile("replicate") { profile in
      profile["billing"] = ["charge": "full", "charge_completed_steps": true]
    }
    try submit(world, "fails", PipelineEndToEndTests.steps(second: ["outcome": "failed"]))
    try submit(
      world, "ends", PipelineEndToEndTests.steps(second: ["seconds": 600]), "--hold-expires", "4s")
    let poller = try world.poll()
    try world.wait(for: "both ends") {
      try world.state("fails") == "failed" && world.state("ends") == "expired"
    }
    poller.signal(15)
    #expect(poller.wait().status == 0)
    for id in ["fails", "ends"] {
      let job = try status(world, id)
      #expect(job["captured"] == "0.8" && job["released"] == "1.2", "\(job.text)")
    }
    let captured = try world.events("credit.captured").map { $0["data"]?["evidence"] }
    let done = try world.events("job.step_succeeded").map { $0["position"] }
    #expect(captured.count == 2 && captured.allSatisfy { done.contains($0) })
    try expectSound(world)
    _ = try providers.finish()
  }

  @Test("canceled between its steps, a pipeline sends nothing more and gives all back")
  func canceled() throws {
    let providers = try Providers("--pace", "0.1")
    let world = try World(providers)
    #expect(
      try world.home.ledger("pause", "--provider", "self-hosted", "--reason", "red").status == 0)
    try submit(world, "j", PipelineEndToEndTests.steps(provider: "self-hosted"))
    #expect(
      try Binary.ledger.run(["poll", "--drain"], environment: world.environment).status == 75)
    let waiting = try status(world, "j")
    #expect(waiting["state"] == "submitted" && waiting["progress"] == .number("0.5"))
    #expect(waiting["provider"] == "self-hosted" && waiting["stage"] == "step 2 of 2")
    #expect(try world.home.ledger("cancel", "j").status == 0)
    let job = try status(world, "j")
    #expect(job["state"] == "canceled" && job["released"] == "2" && job["captured"] == "0")
    #expect(try world.home.ledger("timeline", "j").output.contains("step 1 of 2"))
    try expectSound(world)
    _ = try providers.finish()
  }
}
