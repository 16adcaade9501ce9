// Each provider's own stream, from the simulator to the verdict.

import Ledger
import Poller
import Support
import Testing
import Wire

@Suite("Providers' streams", .seeded) struct ProviderStreamTests {
  /// One early look, and then none by itself within an hour: the stream must do it.
  private static let rare: JSON = [
    "start_s": 1, "max_s": 3600, "factor": 10, "jitter": 0, "slow_s": 3600,
  ]

  @Test(
    "a provider's stream brings its job to its verdict, with few polls and live lines",
    arguments: [
      ("replicate", "acme/clip", "succeeded"), ("fal", "fal-ai/veo3", "succeeded"),
      ("superduperai", "video/comfyui/flux", "succeeded"), ("self-hosted", "", "succeeded"),
      ("replicate", "acme/clip", "failed"), ("fal", "fal-ai/veo3", "failed"),
      ("superduperai", "video/comfyui/flux", "failed"), ("self-hosted", "", "failed"),
    ])
  func follow(_ provider: String, _ model: String, _ outcome: String) throws {
    let rig = try Rig(Outside())
    try rig.quicken(provider, ["poll": ProviderStreamTests.rare])
    var submission = Submission(
      id: "j", account: "acme", provider: provider, hold: Credits("5")!,
      input: ["prompt": "a", "simulate": ["seconds": 3, "outcome": .string(outcome)]])
    submission.model = model.isEmpty ? nil : model
    try rig.run(.submit(submission))
    var options = rig.options(.drain)
    let address = rig.outside.address(of: provider)
    let variable = ProfileShelf.overrideVariable(provider)
    options.environment = { name in
      if name == variable { return address }
      return name.hasPrefix("LEDGER") || name.hasSuffix("_ID") ? nil : "token"
    }
    let reader = LiveReader(rig.home)
    #expect(try rig.poll(options) == .drained([]), "\(rig.warnings)")
    let job = try rig.details("j").job
    #expect(job.state.name == outcome && job.openHold == .zero)
    #expect(job.polls <= 6, "\(job.polls) polls")
    #expect(try rig.count(.jobNotified, of: "j") > 0)
    #expect(!reader.next().isEmpty)
    #expect(rig.warnings == [])
  }
}
