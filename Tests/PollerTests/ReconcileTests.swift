// Submits in doubt: found in the provider's list, repeated under their key, or left to a person.
// PRODUCT, rule 3: sent at most once without proof.

import Glibc
import Ledger
import Poller
import Posix
import Synchronization
import Support
import Testing
import Wire

@Suite("Submits in doubt", .seeded) struct ReconcileTests {
  @Test("a job whose answer was lost is found in the provider's list and runs on, sent once")
  func found() throws {
    let rig = try Rig(Outside(faults: "submit/drop-after:1"))
    try rig.submit("j")
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("j").job
    #expect(job.state == .succeeded && job.captured == Credits("5") && job.attempts == 1)
    #expect(rig.outside.posts == 1)
    let via = try rig.events("j").compactMap { event in
      if case .jobDispatched(let body) = event.event { body.via } else { nil }
    }
    #expect(via == [.reconcile])
  }

  @Test("a poller that dies at any point between finds it all the same, and sends nothing again")
  func restarts() throws {
    let rig = try Rig(Outside(faults: "submit/drop-after:1", pace: "0.1"))
    try rig.submit("j")
    // Each run does what is due and forgets all it knew, as a killed poller does.
    try rig.wait {
      try rig.poll(.once)
      return try rig.state("j") == .succeeded
    }
    #expect(rig.outside.posts == 1)
    #expect(try rig.details("j").job.attempts == 1)
  }

  @Test("an attempt that the poller did not outlive is looked for too")
  func killed() throws {
    let rig = try Rig(Outside(pace: "0.3"))
    try rig.submit("j")
    // What a poller leaves that is killed right behind its commit: nothing was sent.
    try rig.run(.job("j", .startDispatch(DispatchStart(nextAt: Timestamp.epoch))))
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.parked] && rig.outside.posts == 0)
  }

  @Test("two that ask the same are not told apart: a person must, with both ids")
  func several() throws {
    let rig = try Rig(Outside(faults: "submit/drop-after:1"))
    for id in ["a", "b"] { try rig.submit(id, input: ["prompt": "the same"]) }
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.parked, .parked] && rig.outside.posts == 2)
    for job in open {
      #expect(job.reason.contains("2 of them may be this one"))
      #expect(job.reason.contains("ledger track --id \(job.id)"))
    }
    // The person finds the first; the second is then the only one left.
    let ids = rig.outside.predictions
    try rig.attach("a", ids[0])
    try rig.run(.job("b", .unpark(reason: nil)))
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("a") == .succeeded && rig.state("b") == .succeeded)
    #expect(try rig.details("b").handle?.externalID == ids[1])
    #expect(rig.outside.posts == 2)
  }

  @Test("a job that another one owns is not taken from it")
  func owned() throws {
    let rig = try Rig(Outside(pace: "0.2"))
    try rig.submit("first", input: ["prompt": "the same"])
    try rig.poll()
    try rig.submit("second", input: ["prompt": "the same"])
    try rig.run(.job("second", .startDispatch(DispatchStart(nextAt: Timestamp.epoch))))
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.id) == ["second"] && open[0].reason.contains("none is this one"))
    #expect(rig.outside.posts == 1)
  }

  @Test(
    "finding nothing proves nothing: looked for a few times, parked, never sent again",
    arguments: ["submit/drop-before:1", "submit/503:1", "submit/html:1"])
  func nothing(_ fault: String) throws {
    let rig = try Rig(Outside(faults: fault))
    try rig.submit("j")
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.parked] && open[0].reason.contains("proves nothing"))
    #expect(rig.outside.posts == 1 && rig.outside.requests("GET /v1/predictions", "200") == 3)
    let job = try rig.details("j").job
    #expect(job.parkReason == .uncertainSubmit && job.openHold == Credits("5")!)
  }

  @Test("a list that cannot be read is asked for again, and proves nothing either")
  func badList() throws {
    let rig = try Rig(Outside(faults: "submit/drop-after:1,list/503:1"))
    try rig.submit("j")
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.parked])
    #expect(rig.outside.posts == 1 && rig.outside.requests("GET /v1/predictions", "503") == 3)
  }

  @Test("pages are read until jobs are too old, and no further than the profile says")
  func pages() throws {
    let created = Timestamp(microseconds: Clock.wallMicroseconds())
    let server = SmallServer { arrival, peer in
      guard arrival.method == "GET" else { return }
      if arrival.path.hasPrefix("/jobs/") {
        return peer.answer(200, #"{"id":"mine","state":"bad"}"#)
      }
      let page = Int(arrival.path.split(separator: "=").last ?? "") ?? 0
      let id = page == 2 ? "mine" : "other\(page)"
      let prompt = page == 2 ? "a" : "b"
      let time = page == 4 ? created.advanced(seconds: -3600) : created
      peer.answer(
        200,
        #"{"items":[{"id":"\#(id)","state":"run","input":{"prompt":"\#(prompt)"},"#
          + #""created":"\#(time)"}],"next":\#(page + 1)}"#)
    }
    defer { server.stop() }
    for (pagesMax, state) in [(10, JobState.failed), (3, .parked)] {
      let rig = try Rig(Outside())
      let list: JSON = [
        "list": ["url": "/list"], "items": "/items", "after_s": .number("0.1"), "attempts": 1,
        "next": ["pointers": "/next", "query": "page"], "pages_max": .int(pagesMax),
        "match": ["input": "/input", "created": "/created"],
      ]
      try rig.add(server, ["reconcile": list])
      try rig.submit("j", provider: "small", input: ["prompt": "a"])
      let before = server.count("GET", "/list")
      try rig.poll()
      #expect(try rig.state("j") == state)
      #expect(server.count("GET", "/list") - before == min(pagesMax, 5))
    }
  }

  @Test("where keys are honoured the same request is sent again, and it is one job")
  func repeated() throws {
    let keys = Mutex<[String: String]>([:])
    let server = SmallServer { arrival, peer in
      guard arrival.method == "POST" else {
        return peer.answer(200, #"{"id":"x","state":"done","url":"https://a.example.com/o"}"#)
      }
      let isFirst = keys.withLock {
        $0.updateValue(arrival.body, forKey: arrival.headers["idempotency-key"] ?? "") == nil
      }
      // The first answer is lost on its way.
      if !isFirst { peer.answer(200, #"{"id":"x","state":"run"}"#) }
    }
    defer { server.stop() }
    let rig = try Rig(Outside())
    try rig.add(server, ["idempotency": ["header": "Idempotency-Key"]])
    try rig.submit("j", provider: "small")
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("j").job
    #expect(job.state == .succeeded && job.attempts == 2)
    let posts = server.arrivals.filter { $0.method == "POST" }
    #expect(posts.map { $0.headers["idempotency-key"] } == ["j.1", "j.1"])
    #expect(posts[0].body == posts[1].body)
  }

  @Test("repeats end: after a few the job is a person's")
  func bounded() throws {
    let server = SmallServer { _, _ in }
    defer { server.stop() }
    let rig = try Rig(Outside())
    try rig.add(server, ["idempotency": ["header": "Idempotency-Key"]])
    try rig.submit("j", provider: "small")
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.parked])
    #expect(server.count("POST", "/jobs") == 1 + Doubts.repeatsMax)
  }

  @Test("a refused repeat proves nothing of the attempt before: not failed, not sent without key")
  func refusedRepeat() throws {
    let count = Mutex(0)
    let server = SmallServer { _, peer in
      let number = count.withLock { count in
        count += 1
        return count
      }
      if number > 1 { peer.answer(422, #"{"error":"key used for another body"}"#) }
    }
    defer { server.stop() }
    let rig = try Rig(Outside())
    try rig.add(server, ["idempotency": ["header": "Idempotency-Key"]])
    try rig.submit("j", provider: "small")
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.parked] && open[0].reason.contains("HTTP 422"))
    #expect(try rig.details("j").job.openHold == Credits("5")!)
  }

  @Test(
    "a profile that changed, or a key that may be forgotten, forbids the repeat",
    arguments: [true, false])
  func noRepeat(_ changes: Bool) throws {
    let server = SmallServer { _, _ in }
    defer { server.stop() }
    let rig = try Rig(Outside())
    try rig.add(server, ["idempotency": ["header": "Idempotency-Key", "life_s": 1]])
    try rig.submit("j", provider: "small")
    try rig.poll(.once)
    try rig.poll(.once)
    #expect(try rig.state("j") == .uncertain)
    if changes {
      try rig.add(
        server, ["idempotency": ["header": "Idempotency-Key", "life_s": 3600], "title": "new"])
    } else {
      sleep(2)
    }
    let before = server.count("POST", "/jobs")
    guard case .drained(let open) = try rig.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.parked] && server.count("POST", "/jobs") == before)
  }
}
