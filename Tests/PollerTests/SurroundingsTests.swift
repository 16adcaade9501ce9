// What surrounds a poller: tokens, addresses, profiles, holds that end, stops.

import Ledger
import Poller
import Posix
import Providers
import Support
import Testing
import Wire

@Suite("A poller's surroundings", .seeded) struct SurroundingsTests {
  @Test("without a token nothing is sent; with it the jobs go on by themselves")
  func token() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    try rig.submit("j")
    var options = rig.options(.drain)
    var environment = rig.environment
    environment["REPLICATE_API_TOKEN"] = nil
    let bare = environment
    options.environment = { bare[$0] }
    guard case .drained(let open) = try rig.poll(options) else { throw RigError(reason: "no") }
    #expect(open.count == 1 && open[0].reason.contains("REPLICATE_API_TOKEN"))
    #expect(rig.outside.posts == 0)
    #expect(try rig.count(.jobDispatchStarted, of: "j") == 0)
    try FileSystem.makeDirectories(rig.home.secrets)
    try FileSystem.replace(
      rig.home.secrets + "/replicate", with: Array("r8_canary\n".utf8), mode: 0o600)
    #expect(try rig.poll(options) == .drained([]))
    #expect(try rig.state("j") == .succeeded)
  }

  @Test("the token stands in no file of the home and in no word of the poller")
  func canary() throws {
    let rig = try Rig(Outside(faults: "status/503:0.3", outcomes: "failed:0.5", pace: "0.2"))
    for number in 1...6 { try rig.submit("j\(number)") }
    try rig.poll()
    let canary = Array("r8_canary".utf8)
    for file in ["log/data.mdb", "HEAD", "POLLER"] {
      let bytes = try FileSystem.read(rig.home.path + "/" + file, limit: 1 << 30) ?? []
      #expect(!bytes.contains(canary), "\(file)")
    }
    for blob in try blobs(of: rig) { #expect(!blob.contains(canary)) }
    #expect(!rig.said.contains { $0.text.contains("r8_canary") })
  }

  /// Everything kept beside the events.
  private func blobs(of rig: Rig) throws -> [[UInt8]] {
    try rig.books.read { snapshot in
      try (1...snapshot.head).compactMap { try snapshot.log.event(at: $0)?.event }
        .compactMap { event in
          switch event {
          case .jobPolled(let body): body.reply
          case .jobDispatched(let body): body.reply
          case .jobFailed(let body): body.message
          default: nil
          }
        }.compactMap { try snapshot.bytes($0) }
    }
  }

  @Test("loopback is refused unless it is a development machine, and the refusal says so")
  func loopback() throws {
    let rig = try Rig(Outside())
    try rig.submit("j")
    var options = rig.options(.drain)
    options.allowLoopback = false
    guard case .drained(let open) = try rig.poll(options) else { throw RigError(reason: "no") }
    #expect(open.count == 1 && open[0].reason.contains("LEDGER_DEV=1"))
    #expect(rig.outside.stats["requests"]?.object?.members.isEmpty == true)
  }

  @Test("a job without a profile is parked with the reason, and goes on once there is one")
  func profile() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    let path = rig.home.providers + "/replicate.json"
    try FileSystem.replace(path, with: Array("{\"profile\": 1}".utf8))
    try rig.submit("j")
    let daemon = rig.daemon()
    try rig.wait { try rig.state("j") == .parked }
    #expect(try rig.details("j").job.parkReason == .profileMissing)
    try rig.quicken("replicate")
    // The poller looks at the file again within a second; until then the job is parked again.
    try rig.wait {
      if try rig.state("j") == .parked { _ = try? rig.run(.job("j", .unpark(reason: nil))) }
      return try rig.state("j") == .succeeded
    }
    try daemon.finish()
  }

  @Test("a hold that ends before anything was sent is given back, and nothing is sent")
  func expiresUnsent() throws {
    let rig = try Rig(Outside())
    try rig.run(.pause(Pause(provider: "replicate", reason: "closed")))
    try rig.submit("j", holdSeconds: 0.3)
    let daemon = rig.daemon()
    try rig.wait { try rig.state("j") == .expired }
    try daemon.finish()
    #expect(try rig.details("j").job.released == Credits("5")! && rig.outside.posts == 0)
  }

  @Test(
    "at a hold's end the job is looked at once more: a verdict counts, else it expires",
    arguments: [(600, JobState.expired), (0, JobState.succeeded)])
  func lastCheck(_ seconds: Int, _ expected: JobState) throws {
    let hour: JSON = ["start_s": 3600, "max_s": 3600, "slow_s": 3600]
    let rig = try Rig(Outside(), limits: ["poll": hour])
    try rig.submit("j", simulate: ["seconds": .int(seconds)], holdSeconds: 1)
    let daemon = rig.daemon()
    try rig.wait { try rig.state("j").isTerminal }
    try daemon.finish()
    let job = try rig.details("j").job
    #expect(job.state == expected && job.polls == 1 && job.openHold == .zero)
  }

  @Test(
    "a stop gives submits under way a short grace; then they are in doubt, or known by our id",
    arguments: [
      ("replicate", [JobState.uncertain]),
      // Its stream may have told that it runs.
      ("self-hosted", [.dispatched, .running]),
    ])
  func stop(_ provider: String, _ expected: [JobState]) throws {
    let rig = try Rig(Outside(faults: "submit/delay:1:60,status/503:1"))
    try rig.submit("j", provider: provider)
    let daemon = rig.daemon { $0.graceSeconds = 0.1 }
    try rig.wait { rig.outside.posts == 1 }
    #expect(try daemon.finish() == .stopped)
    #expect(expected.contains(try rig.state("j")))
    #expect(rig.outside.posts == 1)
  }

  @Test("a second poller stands by and takes over; a drain beside an active one is refused")
  func standby() throws {
    let rig = try Rig(Outside(pace: "0.1"))
    let first = rig.daemon()
    try rig.wait { rig.said.contains { $0.text.contains("polling") } }
    let second = rig.daemon()
    try rig.wait { rig.said.contains { $0.text.contains("standing by") } }
    #expect(throws: PollerError.active) { try rig.poll(.drain) }
    #expect(throws: PollerError.active) { try rig.poll(.once) }
    try first.finish()
    try rig.submit("j")
    try rig.wait { try rig.state("j") == .succeeded }
    try second.finish()
  }

  @Test("a poller that stands by can be stopped")
  func standbyStops() throws {
    let rig = try Rig(Outside())
    let first = rig.daemon()
    try rig.wait { rig.said.contains { $0.text.contains("polling") } }
    #expect(try rig.daemon().finish() == .stopped)
    #expect(try first.finish() == .stopped)
  }
}
