// Jobs of several steps between a home and providers on loopback: what one step made is the next
// one's input, and the money of every end.

import Ledger
import Poller
import Support
import Testing
import Wire

@Suite("Pipelines on their way") struct PollerPipelineTests {
  private static let image: JSON = ["prompt": "a cat", "simulate": [:]]

  private func submit(
    _ rig: Rig, id: String = "j", providers: [String] = ["replicate", "replicate"],
    _ inputs: JSON...
  ) throws {
    let shares = ["2", "3", "4"].compactMap { Credits($0) }
    let steps = zip(providers, inputs).enumerated().map { index, step in
      Plan.Step(
        provider: step.0, model: step.0 == "replicate" ? "acme/model-\(index)" : nil,
        input: step.1, share: shares[index])
    }
    try rig.run(
      .submit(
        Submission(
          id: id, account: "acme", provider: steps[0].provider, model: steps[0].model,
          hold: steps.reduce(.zero) { $0 + $1.share }, plan: Plan(steps))))
  }

  /// What the provider says it was given, by the newest reply.
  private func seenInput(_ rig: Rig, _ id: String = "j") throws -> JSON? {
    let reply = try rig.events(id).reversed().lazy.compactMap { event -> BlobReference? in
      if case .jobPolled(let body) = event.event { body.reply } else { nil }
    }.first
    return try rig.books.read { try $0.json(try #require(reply)) }?["input"]
  }

  private func made(_ rig: Rig, _ id: String = "j") throws -> [JSON] {
    try rig.books.read { books in
      let number = try #require(try books.jobNumber(id))
      let status = try #require(try books.status(number, now: Timestamp.epoch))
      return status.json["steps"]?.array ?? []
    }
  }

  @Test("the second step is sent with what the first made, to its own model, and all is captured")
  func success() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try submit(
      rig, PollerPipelineTests.image,
      [
        "image": "{{steps.0.outputs.0.url}}", "label": "job {{job.id}}", "scale": 2,
        "all": ["{{steps.0.outputs.*.url}}"],
      ])
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("j").job
    #expect(job.state == .succeeded && job.captured == Credits("5")! && job.step == 1)
    let steps = try made(rig)
    let url = try #require(steps[0]["outputs"]?.array?.first?["url"])
    #expect(
      try seenInput(rig) == ["image": url, "label": "job j", "scale": 2, "all": [[url]]])
    let handles = steps.compactMap { $0["external_id"]?.string }
    #expect(handles.count == 2 && handles[0] != handles[1])
    #expect(try rig.count(.jobStepSucceeded, of: "j") == 1 && rig.outside.posts == 2)
    let keys = try rig.events("j").compactMap { event -> UInt64? in
      if case .jobDispatchStarted(let body) = event.event { body.attempt } else { nil }
    }
    #expect(keys == [1, 1])
  }

  @Test(
    "a failure of the second step costs the first only where its profile says so",
    arguments: [false, true])
  func failure(_ charges: Bool) throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try rig.quicken("replicate") { profile in
      profile["billing"] = ["charge": "full", "charge_completed_steps": .bool(charges)]
    }
    try submit(rig, PollerPipelineTests.image, ["simulate": ["outcome": "failed"]])
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("j").job
    #expect(job.state == .failed && job.failureClass == .providerFailed)
    #expect(job.captured == (charges ? Credits("2")! : .zero))
    #expect(job.released == (charges ? Credits("3")! : Credits("5")!))
    #expect(try Audit(rig.home, now: Timestamp.epoch).run().isOK)
  }

  @Test("a failure of the first step sends nothing more")
  func firstFails() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try submit(rig, ["simulate": ["outcome": "failed"]], ["image": "{{steps.0.outputs.0.url}}"])
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("j") == .failed && rig.outside.posts == 1)
    #expect(try made(rig).map { $0["state"] } == ["failed", "skipped"])
  }

  @Test("one provider whose handle is our own id knows the steps apart")
  func ownID() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try submit(
      rig, providers: ["self-hosted", "replicate", "self-hosted"],
      ["story": 1], PollerPipelineTests.image, ["video": "{{steps.1.outputs.0.url}}"])
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("j") == .succeeded)
    let handles = try made(rig).map { $0["external_id"]?.string }
    #expect(handles[0] == "j" && handles[2] == "j.3" && handles[1] != nil)
    #expect(rig.outside.posts == 3 && rig.outside.submittedTwice == [])
    #expect(try rig.details("j").job.captured == Credits("9")!)
  }

  @Test("a step that names an output nobody made is not sent: no_output, and the hold goes back")
  func missing() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try submit(rig, PollerPipelineTests.image, ["image": "{{steps.0.outputs.7.url}}"])
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("j").job
    #expect(job.state == .failed && job.failureClass == .noOutput && job.released == job.hold)
    #expect(rig.outside.posts == 1)
    let status = try rig.books.read { try $0.status(job: "j", now: .epoch) }
    #expect(status?.error?.message?.contains("{{steps.0.outputs.7.url}}") == true)
    #expect(try Audit(rig.home, now: Timestamp.epoch).run().isOK)
  }

  @Test("between the steps a pause of the next provider holds the job, and a cancel ends it")
  func between() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try rig.run(.pause(Pause(provider: "self-hosted", reason: "red")))
    try submit(
      rig, providers: ["replicate", "self-hosted"], PollerPipelineTests.image, ["n": 1])
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.submitted])
    #expect(try rig.details("j").provider == "self-hosted")
    try rig.run(.job("j", .cancel(reason: nil)))
    let job = try rig.details("j").job
    #expect(job.state == .canceled && job.released == Credits("5")! && rig.outside.posts == 1)
  }

  @Test("a plan that was erased before its next step was sent waits for a person")
  func erased() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try submit(rig, PollerPipelineTests.image, ["image": "{{steps.0.outputs.0.url}}"])
    try rig.poll(.once)
    #expect(try rig.state("j") == .dispatched)
    _ = try rig.books.forget(account: "acme", reason: "asked", actor: .cli, by: "tester")
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.count == 1 && open[0].reason.contains("its plan was erased"), "\(open)")
    let job = try rig.details("j").job
    #expect(job.parkReason == .handleIncomplete && job.step == 1 && job.openHold == job.hold)
  }
}
