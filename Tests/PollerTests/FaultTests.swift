// The poller against providers that do not behave (FAULTS, F15): every answer is classified, no
// submit is repeated without proof, and polling goes on.

import Ledger
import Poller
import Posix
import Support
import Testing
import Wire

@Suite("Providers that do not behave", .seeded) struct FaultTests {
  @Test("a throttled submit comes again, not before Retry-After, and only one is accepted")
  func throttled() throws {
    let rig = try Rig(Outside(faults: "submit/429:0.5:1", pace: "0.1"))
    for number in 1...8 { try rig.submit("j\(number)") }
    #expect(try rig.poll() == .drained([]))
    let refused = rig.outside.struck("429")
    #expect(refused > 0 && rig.outside.posts == 8 + refused && rig.outside.submittedTwice == [])
    for number in 1...8 {
      #expect(try rig.state("j\(number)") == .succeeded)
      let events = try rig.events("j\(number)")
      for (first, next) in zip(events, events.dropFirst())
      where first.event.type == .jobDispatchRefused {
        #expect(next.event.type == .jobDispatchStarted)
        // The wait counts from the reply, which came a moment before it was recorded.
        #expect(next.time.seconds(since: first.time) >= 0.9)
      }
    }
  }

  @Test(
    "a submit whose answer is lost or cannot be read is in doubt, parked, and never repeated",
    arguments: ["submit/drop-after:1", "submit/drop-before:1", "submit/503:1", "submit/html:1"])
  func doubt(_ fault: String) throws {
    let rig = try Rig(Outside(faults: fault))
    try rig.quicken("replicate") { $0["reconcile"] = nil }
    try rig.submit("j")
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.id) == ["j"] && open[0].state == .parked)
    #expect(open[0].reason.contains("ledger track --id j"))
    let job = try rig.details("j").job
    #expect(job.parkReason == .uncertainSubmit && job.openHold == Credits("5")!)
    try rig.poll()
    #expect(rig.outside.posts == 1)
    try rig.run(.job("j", .unpark(reason: nil)))
    try rig.poll()
    #expect(try rig.state("j") == .parked && rig.outside.posts == 1)
  }

  @Test("a provider that cannot be reached gets the submit later, once")
  func unreachable() throws {
    let gone = try Outside()
    gone.stop()
    let rig = try Rig(gone)
    try rig.submit("j")
    let daemon = rig.daemon()
    try rig.wait { try rig.count(.jobDispatchRefused, of: "j") > 0 }
    let back = try Outside(port: gone.port, pace: "0.1")
    defer { back.stop() }
    try rig.wait { try rig.state("j") == .succeeded }
    try daemon.finish()
    #expect(back.posts == 1)
  }

  @Test(
    "answers that say nothing of the job change nothing but the rhythm",
    arguments: ["status/503:0.5", "status/html:0.5", "status/drop-after:0.5", "404:0.5"])
  func status(_ fault: String) throws {
    let rig = try Rig(Outside(faults: fault, pace: "0.8"))
    for number in 1...3 { try rig.submit("j\(number)") }
    #expect(try rig.poll() == .drained([]))
    for number in 1...3 { #expect(try rig.state("j\(number)") == .succeeded) }
    #expect(rig.outside.posts == 3)
  }

  @Test("a word that the profile does not know is no verdict, and is told once")
  func unknownWord() throws {
    let rig = try Rig(Outside(pace: "0.8"))
    try rig.quicken("replicate") { profile in
      profile["state"] = [
        "pointers": "/status", "words": ["starting": "pending", "succeeded": "succeeded"],
      ]
    }
    try rig.submit("j1")
    try rig.submit("j2")
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("j1") == .succeeded)
    let classes = try rig.events("j1").compactMap { event in
      if case .jobPolled(let body) = event.event { body.class } else { nil }
    }
    #expect(classes.contains(.unknownWord))
    #expect(rig.warnings.count { $0.contains("processing") } == 1)
  }

  @Test(
    "a problem of our own account pauses submission; the customer's job waits",
    arguments: ["401", "402"])
  func account(_ fault: String) throws {
    let rig = try Rig(Outside(faults: "submit/\(fault)"))
    try rig.submit("j1")
    try rig.submit("j2")
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.count == 2 && open.allSatisfy { $0.state == .submitted })
    #expect(try rig.books.read { try $0.pauses().map(\.provider) } == ["replicate"])
    #expect(try rig.details("j1").job.openHold == Credits("5")!)
  }

  @Test("a refused input fails the job and gives the hold back")
  func invalid() throws {
    let rig = try Rig(Outside())
    try rig.submit("j", simulate: ["outcome": "nonsense"])
    try rig.submit("k", provider: "self-hosted", input: "no object")
    #expect(try rig.poll() == .drained([]))
    for id in ["j", "k"] {
      let job = try rig.details(id).job
      #expect(job.state == .failed && job.failureClass == .refused && job.released == job.hold)
    }
    // The second was never sent: no request could be made of it.
    #expect(rig.outside.posts == 1)
  }

  @Test("a blocking submit whose connection drops is asked for by our own id")
  func ownID() throws {
    let rig = try Rig(Outside(faults: "submit/drop-after:1", pace: "0.5"))
    try rig.submit("story", provider: "self-hosted")
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("story") == .succeeded && rig.outside.posts == 1)
    #expect(try rig.count(.creditCaptured, of: "story") == 1)
  }

  @Test("while a submit blocks, its progress is seen by our own id")
  func progress() throws {
    let rig = try Rig(Outside())
    try rig.submit("story", provider: "self-hosted", simulate: ["seconds": 1])
    #expect(try rig.poll() == .drained([]))
    let types = try rig.events("story").map(\.event.type)
    // Poll, stream and submit all bring the verdict; the first counts, the others may follow.
    #expect(types.contains(.jobProgressed))
    #expect(types.filter { $0 == .jobSucceeded || $0 == .creditCaptured }.count == 2)
    #expect(rig.outside.posts == 1)
    #expect(rig.outside.requests("GET /api/generations/{id}", "200") > 0)
  }
}
