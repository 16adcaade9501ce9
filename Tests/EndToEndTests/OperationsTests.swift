// What an operator does while a poller works: pause, mend, kill.

import Support
import Testing
import Wire

@Suite("Operations, end to end", .serialized) struct OperationsTests {
  private func posts(_ stats: JSON) -> Int {
    stats["posts"]?.array?.compactMap { $0["posts"]?.int }.reduce(0, +) ?? 0
  }

  @Test("a pause is obeyed by the poller that works, and its end too")
  func pause() throws {
    let providers = try Providers("--pace", "0.1")
    let world = try World(providers)
    let poller = try world.poll()
    try world.wait(for: "a poller") { try !world.events("poller.started").isEmpty }
    #expect(
      try world.home.ledger("pause", "--provider", "replicate", "--reason", "red").status == 0)
    try world.submit("waits")
    try world.submit("goes", provider: "self-hosted")
    try world.wait(for: "the job that is not paused") { try world.state("goes") == "succeeded" }
    #expect(try world.state("waits") == "submitted")
    #expect(try world.events("job.dispatch_started").count == 1)
    #expect(try world.home.ledger("unpause", "--provider", "replicate").status == 0)
    try world.wait(for: "the unpaused job") { try world.state("waits") == "succeeded" }
    poller.signal(15)
    #expect(poller.wait().status == 0)
    #expect(posts(try providers.finish()) == 2)
  }

  @Test("a provider out of our credit pauses itself, says how to go on, and goes on")
  func accountProblem() throws {
    let broke = try Providers("--fault", "submit/402", "--pace", "0.1")
    let world = try World(broke)
    let poller = try world.poll()
    try world.submit("j1")
    try world.wait(for: "the pause") {
      try !world.events("ledger.submission_paused").isEmpty
    }
    #expect(try world.state("j1") == "submitted")
    let advice = "ledger unpause --provider replicate"
    #expect(try world.home.ledger("status").output.contains("try: \(advice)"))
    let paused = try world.home.json("status", "--summary").first?["paused"]?.array
    #expect(paused?.count == 1 && paused?.first?["provider"] == "replicate")
    let port = broke.port
    _ = try broke.finish()
    let mended = try Providers("--pace", "0.1", port: port)
    #expect(try world.home.ledger("unpause", "--provider", "replicate").status == 0)
    try world.wait(for: "the verdict") { try world.state("j1") == "succeeded" }
    poller.signal(15)
    let ended = poller.wait()
    #expect(ended.status == 0 && ended.error.contains(advice), "\(ended)")
    #expect(try world.events("credit.captured").count == 1)
    #expect(posts(try mended.finish()) == 1)
  }

  @Test("a profile mended in the home is used at once, and its digest is in the events")
  func liveOverride() throws {
    let providers = try Providers("--pace", "0.1")
    let world = try World(providers)
    try world.profile("replicate") { profile in
      profile["state"] = [
        "pointers": "/status",
        "words": ["starting": "pending", "processing": "pending", "done": "succeeded"],
      ]
    }
    func digest() throws -> JSON? {
      try world.home.json("provider", "list").first { $0["provider"] == "replicate" }?["digest"]
    }
    let blind = try #require(try digest())
    let poller = try world.poll()
    try world.submit("j1")
    try world.wait(for: "an unknown word") {
      try world.events("job.polled").contains { $0["data"]?["class"] == "unknown_word" }
    }
    #expect(try world.events("job.dispatch_started").first?["data"]?["profile"] == blind)
    try world.profile("replicate")
    try world.wait(for: "the verdict") { try world.state("j1") == "succeeded" }
    try world.submit("j2")
    try world.wait(for: "the second job") { try world.state("j2") == "succeeded" }
    let seeing = try #require(try digest())
    #expect(seeing != blind)
    #expect(try world.events("job.dispatch_started").last?["data"]?["profile"] == seeing)
    poller.signal(15)
    #expect(poller.wait().status == 0)
    _ = try providers.finish()
  }

  @Test("kill -9 of the active poller: the one that stood by takes over, nothing is sent twice")
  func takeover() throws {
    let providers = try Providers("--pace", "0.3-1")
    let world = try World(providers)
    for number in 1...12 { try world.submit("j\(number)") }
    let first = try world.poll("--in-flight", "4")
    try world.wait(for: "submits") { try world.events("job.dispatched").count > 2 }
    let second = try world.poll()
    first.signal(9)
    #expect(first.wait().status == 137)
    try world.wait(for: "the second poller") { try world.events("poller.started").count == 2 }
    try world.wait(for: "every verdict") {
      try world.home.json("status").allSatisfy {
        ["succeeded", "parked"].contains($0["state"]?.string)
      }
    }
    second.signal(15)
    #expect(second.wait().status == 0)
    let stats = try providers.finish()
    #expect(stats["submitted_twice"]?.array?.isEmpty == true, "\(stats)")
    let captured = try world.events("credit.captured").compactMap { $0["job"]?.string }
    #expect(captured.count == Set(captured).count)
    #expect(try world.home.ledger("audit").status == 0)
  }
}
