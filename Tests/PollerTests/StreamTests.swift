// Streams of events beside the polls, from servers that behave and from those that do not.

import Glibc
import Ledger
import Poller
import Posix
import Support
import Synchronization
import Testing
import Wire

@Suite("Streams", .seeded) struct StreamTests {
  private static let stream: JSON = [
    "url": "/events/{{handle.external_id}}", "by": "event",
    "messages": [
      ["event": ["status"], "is": "status"],
      ["event": ["log"], "is": "news", "as": "text", "log": ["pointers": ""]],
      [
        "event": ["step"], "is": "news", "stage": "/stage",
        "progress": [["pointers": "/percent", "scale": 100]],
      ],
      ["event": ["hint"], "is": "look"], ["event": ["bye"], "is": "end"],
    ],
    "heartbeat_s": 2,
  ]

  /// Nothing is polled by itself within an hour.
  private static let hour: JSON = [
    "poll": ["start_s": 3600, "max_s": 3600, "slow_s": 3600, "jitter": 0]
  ]

  private static let done = #"{"id":"x","state":"done","url":"https://a.example.com/o"}"#

  /// A server that takes every job as `x`, answers polls with `status`, and streams by `events`.
  private func server(
    status: @escaping @Sendable () -> String = { #"{"id":"x","state":"run"}"# },
    _ events: @escaping SmallServer.Handler
  ) -> SmallServer {
    SmallServer { arrival, peer in
      if arrival.path.hasPrefix("/events") { return events(arrival, peer) }
      peer.answer(200, arrival.method == "POST" ? #"{"id":"x","state":"run"}"# : status())
    }
  }

  private func rig(_ server: SmallServer, limits: JSON = StreamTests.hour) throws -> Rig {
    let rig = try Rig(Outside())
    try rig.add(server, ["stream": StreamTests.stream, "limits": limits])
    try rig.submit("j", provider: "small")
    return rig
  }

  private func notified(_ rig: Rig) throws -> [JobNotified] {
    try rig.events("j").compactMap { event in
      if case .jobNotified(let body) = event.event { body } else { nil }
    }
  }

  @Test("a verdict in the stream ends the job and moves its money, without any poll")
  func verdict() throws {
    let server = server { _, peer in
      peer.beginEvents()
      peer.send("event: status\ndata: {\"id\":\"x\",\"state\":\"run\"}\n\n")
      peer.send("id: 7\nevent: status\ndata: \(StreamTests.done)\n\n")
      peer.waitForEnd()
    }
    defer { server.stop() }
    let rig = try rig(server)
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("j").job
    #expect(job.state == .succeeded && job.captured == Credits("5") && job.polls == 0)
    let messages = try notified(rig)
    #expect(messages.last?.channel == .sse && messages.last?.reading == .succeeded)
    #expect(messages.last?.notificationID == "7" && messages.last?.verified == true)
    try rig.wait { server.open == 0 }
  }

  @Test(
    "a hint, an end and a success without output ask at once, and the poll decides",
    arguments: [
      "event: hint\ndata: {}", "event: bye\ndata:", "event: status\ndata: {\"state\":\"done\"}",
    ])
  func hints(_ message: String) throws {
    let server = server(status: { StreamTests.done }) { _, peer in
      peer.beginEvents()
      peer.send(message + "\n\n")
      peer.waitForEnd()
    }
    defer { server.stop() }
    let rig = try rig(server)
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("j").job
    #expect(job.state == .succeeded && job.polls == 1)
    try rig.wait { server.open == 0 }
  }

  @Test(
    "a refused stream is an event, once, and never a verdict: the job is polled to its end",
    arguments: [
      (403, "application/json", ReplyClass.permanent), (404, "text/plain", .permanent),
      (200, "text/html", .permanent), (503, "text/plain", .transient),
    ])
  func refused(_ status: Int, _ type: String, _ expected: ReplyClass) throws {
    let polls = Mutex(0)
    let server = server(status: {
      let count = polls.withLock { count in
        count += 1
        return count
      }
      return count < 8 ? #"{"id":"x","state":"run"}"# : StreamTests.done
    }) { _, peer in peer.answer(status, "<html>", type: type) }
    defer { server.stop() }
    let rig = try rig(server, limits: ["poll": Rig.quickPoll])
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("j") == .succeeded && rig.details("j").job.polls >= 8)
    let messages = try notified(rig)
    #expect(messages.count == 1 && messages[0].class == expected)
    #expect(messages[0].reading == .unknown)
    if expected == .permanent { #expect(server.count("GET", "/events") == 1) }
  }

  @Test("a stream that breaks is made anew, from where it was, after the time it asked for")
  func reconnect() throws {
    let server = server { arrival, peer in
      peer.beginEvents()
      switch arrival.headers["last-event-id"] {
      case nil: peer.send("retry: 600\nid: 41\nevent: step\ndata: {\"percent\":10}\n\n")
      case "41": peer.send("id: 42\nevent: step\ndata: {\"percent\":20}\n\ndata: half a mess")
      default: peer.send("event: status\ndata: \(StreamTests.done)\n\n")
      }
    }
    defer { server.stop() }
    let rig = try rig(server)
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("j") == .succeeded)
    let ids = server.arrivals.filter { $0.path.hasPrefix("/events") }
      .map { $0.headers["last-event-id"] ?? "" }
    #expect(ids == ["", "41", "42"])
  }

  @Test("a stream that falls silent is dead: asked for at once and made anew")
  func silent() throws {
    let server = server { arrival, peer in
      peer.beginEvents()
      peer.send("id: 1\nevent: step\ndata: {\"percent\":10}\n\n")
      if arrival.headers["last-event-id"] != nil {
        peer.send("event: status\ndata: \(StreamTests.done)\n\n")
      }
      peer.waitForEnd()
    }
    defer { server.stop() }
    let rig = try rig(server)
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("j") == .succeeded && rig.details("j").job.polls > 0)
    #expect(server.count("GET", "/events") == 2)
  }

  @Test("a thousand log lines are a few events, all of them kept, and shown as they come")
  func logs() throws {
    let isSeen = Mutex(false)
    let server = server { _, peer in
      peer.beginEvents()
      for number in 0..<1000 {
        peer.send("event: log\ndata: line \(number)\n\n")
        if number % 100 == 0 {
          peer.send("event: step\ndata: {\"percent\":\(number / 10),\"stage\":\"s\(number)\"}\n\n")
        }
      }
      while !isSeen.withLock({ $0 }) { usleep(10_000) }
      peer.send("event: status\ndata: \(StreamTests.done)\n\n")
      peer.waitForEnd()
    }
    defer { server.stop() }
    let rig = try rig(server)
    let reader = LiveReader(rig.home)
    let daemon = rig.daemon()
    var lines: [LiveLine] = []
    try rig.wait {
      lines += reader.next()
      return lines.contains { $0.text == "line 999" }
    }
    isSeen.withLock { $0 = true }
    try rig.wait { try rig.state("j") == .succeeded }
    try daemon.finish()
    #expect(lines.filter { $0.kind == .log }.map(\.text) == (0..<1000).map { "line \($0)" })
    #expect(lines.contains { $0.kind == .stage && $0.text == "s900" && $0.job == "j" })
    #expect(lines.contains { $0.kind == .progress && $0.text == "0.9" })
    let messages = try notified(rig)
    #expect(messages.count < 12)
    let text = try rig.books.read { snapshot in
      try messages.dropLast().compactMap { try $0.reply.flatMap { try snapshot.text($0) } }.joined()
    }
    #expect(text == (0..<1000).map { "line \($0)\n" }.joined())
    #expect(try rig.details("j").job.captured == Credits("5"))
  }

  @Test("there are never more streams than asked for; the other jobs are polled")
  func bounded() throws {
    let most = Mutex((now: 0, most: 0))
    let server = SmallServer { arrival, peer in
      if arrival.path.hasPrefix("/events") {
        most.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        peer.beginEvents()
        peer.waitForEnd()
        return most.withLock { $0.now -= 1 }
      }
      let id = String(arrival.body.filter(\.isNumber))
      if arrival.method == "POST" {
        return peer.answer(200, "{\"id\":\"n\(id)\",\"state\":\"run\"}")
      }
      usleep(100_000)
      let name = String(arrival.path.split(separator: "/").last ?? "")
      peer.answer(
        200, "{\"id\":\"\(name)\",\"state\":\"done\",\"url\":\"https://a.example.com/o\"}")
    }
    defer { server.stop() }
    let rig = try Rig(Outside())
    try rig.add(server, ["stream": StreamTests.stream])
    for number in 1...6 {
      try rig.submit("j\(number)", provider: "small", input: ["n": .int(number)])
    }
    var options = rig.options(.drain)
    options.streams = 2
    #expect(try rig.poll(options) == .drained([]))
    #expect(most.withLock { $0.most } <= 2 && server.count("GET", "/events") > 0)
    for number in 1...6 { #expect(try rig.state("j\(number)") == .succeeded) }
    try rig.wait { server.open == 0 }
  }

  @Test("once opens none, and zero means none")
  func none() throws {
    let server = server(status: { StreamTests.done }) { _, peer in peer.waitForEnd() }
    defer { server.stop() }
    let rig = try rig(server, limits: ["poll": Rig.quickPoll])
    #expect(try rig.poll(.once) == .done)
    var options = rig.options(.drain)
    options.streams = 0
    #expect(try rig.poll(options) == .drained([]))
    #expect(server.count("GET", "/events") == 0)
  }

  @Test("an event without end is cut off, and the job is looked after all the same")
  func endless() throws {
    let isCut = Mutex(false)
    let server = server(status: {
      isCut.withLock { $0 } ? StreamTests.done : #"{"id":"x","state":"run"}"#
    }) { _, peer in
      peer.beginEvents()
      peer.send("event: log\n")
      let line = "data: " + String(repeating: "x", count: 60_000) + "\n"
      while peer.send(line) {}
      isCut.withLock { $0 = true }
    }
    defer { server.stop() }
    let rig = try rig(server, limits: ["poll": Rig.quickPoll])
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("j") == .succeeded)
  }

  @Test("a stream's words about another job, or beyond the profile's, change nothing")
  func foreign() throws {
    let server = server { _, peer in
      peer.beginEvents()
      peer.send("event: status\ndata: {\"id\":\"y\",\"state\":\"bad\"}\n\n")
      peer.send("event: status\ndata: {\"id\":\"x\",\"state\":\"martian\"}\n\n")
      peer.send("event: novel\ndata: {\"state\":\"bad\"}\n\ndata: {\"state\":\"bad\"}\n\n")
      usleep(300_000)
      peer.send("event: status\ndata: \(StreamTests.done)\n\n")
      peer.waitForEnd()
    }
    defer { server.stop() }
    let rig = try rig(server)
    #expect(try rig.poll() == .drained([]))
    #expect(try rig.state("j") == .succeeded)
    #expect(rig.warnings.contains { $0.contains("another job") })
  }

  @Test("a stop writes down what the stream had said")
  func stop() throws {
    let server = server { _, peer in
      peer.beginEvents()
      peer.send("event: step\ndata: {\"stage\":\"first\"}\n\n")
      peer.send("event: log\ndata: kept\n\n")
      peer.waitForEnd()
    }
    defer { server.stop() }
    let rig = try rig(server)
    let reader = LiveReader(rig.home)
    let daemon = rig.daemon()
    var lines: [LiveLine] = []
    try rig.wait {
      lines += reader.next()
      return lines.contains { $0.text == "kept" }
    }
    try daemon.finish()
    let texts = try rig.books.read { snapshot in
      try notified(rig).compactMap { try $0.reply.flatMap { try snapshot.text($0) } }
    }
    #expect(texts.joined() == "kept\n")
    #expect(try rig.state("j") == .running)
  }

  @Test("what a stream and a poll say of a step at once is noted of that step, and not of the next")
  func bothAtOnce() throws {
    let asked = Mutex(Set<String>())
    let told = Mutex(Set<String>())
    let seen = Mutex(Set<String>())
    let server = SmallServer { arrival, peer in
      let id = String(arrival.path.split(separator: "/").last ?? "")
      switch (arrival.method, arrival.path.hasPrefix("/events")) {
      case ("POST", _):
        let first = arrival.body.contains("first")
        let name = arrival.body.filter(\.isNumber)
        peer.answer(200, #"{"id":"\#(first ? "a" : "b")\#(name)","state":"run"}"#)
      case (_, true) where id.hasPrefix("a"):
        peer.beginEvents()
        StreamTests.wait { asked.withLock { $0.contains(id) } }
        peer.send("event: status\ndata: \(StreamTests.output(id))\n\n")
        _ = told.withLock { $0.insert(id) }
        peer.waitForEnd()
      case (_, true): peer.answer(404, "{}")
      case _ where id.hasPrefix("a"):
        _ = asked.withLock { $0.insert(id) }
        StreamTests.wait { told.withLock { $0.contains(id) } }
        peer.answer(200, StreamTests.output(id))
      default:
        let isFirst = seen.withLock { $0.insert(id).inserted }
        peer.answer(200, isFirst ? #"{"id":"\#(id)","state":"run"}"# : StreamTests.output(id))
      }
    }
    defer { server.stop() }
    let rig = try Rig(Outside())
    try rig.add(server, ["stream": StreamTests.stream, "limits": ["poll": Rig.quickPoll]])
    for number in 1...8 { try submitTwoSteps("\(number)", rig) }
    #expect(try rig.poll() == .drained([]))
    #expect(server.count("POST", "/jobs") == 16)
    for number in 1...8 {
      let job = try rig.details("\(number)").job
      #expect(job.state == .succeeded && job.captured == Credits("5") && job.step == 1)
      for event in try rig.events("\(number)") {
        guard case .jobNotified(let body) = event.event else { continue }
        #expect(event.envelope.step == (body.reading == .succeeded ? 0 : 1), "\(body)")
      }
      let status = try rig.books.read { try $0.status(job: "\(number)", now: .epoch) }
      let url = status?.json["steps"]?.array?.last?["outputs"]?.array?.first?["url"]
      #expect(url == .string("https://a.example.com/b\(number)"))
    }
  }

  private func submitTwoSteps(_ id: String, _ rig: Rig) throws {
    let steps = [("first", Credits("2")!), ("second", Credits("3")!)].map { name, share in
      Plan.Step(
        provider: "small", model: nil, input: ["prompt": .string("\(name) of \(id)")],
        share: share)
    }
    try rig.run(
      .submit(
        Submission(
          id: id, account: "acme", provider: "small", hold: Credits("5")!, plan: Plan(steps))))
  }

  private static func output(_ id: String) -> String {
    #"{"id":"\#(id)","state":"done","url":"https://a.example.com/\#(id)"}"#
  }

  /// Waits for what must come; in vain only when the test fails anyway.
  private static func wait(until isTrue: () -> Bool) {
    for _ in 0..<3000 where !isTrue() { usleep(1000) }
  }
}
