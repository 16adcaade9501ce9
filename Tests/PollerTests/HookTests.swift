// Hooks from the log to a receiver: real sockets, real books.

import Glibc
import Ledger
import Poller
import Posix
import Support
import Synchronization
import Testing
import Wire

@Suite("Hooks") struct HookTests {
  @Test("the end of a job is told once, signed, with the job as it is, and that is in the log")
  func told() throws {
    let rig = try HookRig()
    let secret = try rig.add(types: Hook.defaultTypes)
    try rig.job("j1")
    try rig.poll()
    let message = try #require(rig.messages.first)
    #expect(rig.words == ["j1 job.canceled"])
    let event = try #require(try rig.events(.jobCanceled).first)
    #expect(message.json["type"] == "job.canceled")
    #expect(message.json["timestamp"] == .time(event.time))
    let data = message.json["data"]
    #expect(data?["position"] == .int(event.position) && data?["account"] == "acme")
    #expect(data?["job"]?["state"] == "canceled" && data?["data"]?["class"] == "canceled")
    #expect(message.headers["content-type"] == "application/json")
    let key = try #require(Base64.decode(secret.dropFirst("whsec_".count)))
    let seconds = try #require(message.headers["webhook-timestamp"])
    let signed = Array("\(message.id).\(seconds).\(message.text)".utf8)
    let tag = Base64.encode(HMACSHA256.authenticate(signed, key: key))
    #expect(key.count >= 24 && message.headers["webhook-signature"] == "v1,\(tag)")

    let delivered = try #require(try rig.events(.jobDelivered).first)
    #expect(delivered.envelope.cause == event.position)
    #expect(
      delivered.event
        == .jobDelivered(
          JobDelivered(channel: .hook, consumer: "app", through: event.position)))
    try rig.poll()
    #expect(rig.messages.count == 1)
    #expect(try rig.status.behindEvents == 0 && rig.status.state == .ok)
  }

  @Test("an event of a job waits for the one before it, and other jobs go on")
  func order() throws {
    let failing = Mutex(true)
    let rig = try HookRig { message in
      message.word == "a 1" && failing.withLock { $0 } ? 503 : 200
    }
    for id in ["a", "b", "c"] { try rig.job(id) }
    try rig.add()
    try rig.report("a 1", "b 1", "a 2", "c 1", "b 2", "a 3")
    try rig.poll(until: {
      try rig.delivered.count == 3 && rig.words.count { $0 == "a 1" } > 2
    })
    #expect(!rig.words.contains("a 2"))
    failing.withLock { $0 = false }
    try rig.poll(until: { try rig.delivered.count == 6 })
    let tail = rig.words.filter { $0.hasPrefix("a") }.suffix(3)
    #expect(Array(tail) == ["a 1", "a 2", "a 3"])
    #expect(rig.words.filter { $0.hasPrefix("b") } == ["b 1", "b 2"])
    #expect(try rig.events(.jobDeliveryFailed).count == 1)
  }

  @Test("what a receiver missed while it was down arrives in order, each failure recorded once")
  func down() throws {
    let isDown = Mutex(true)
    let rig = try HookRig { _ in isDown.withLock { $0 } ? 500 : 204 }
    for id in ["a", "b"] { try rig.job(id) }
    try rig.add()
    try rig.report("a 1", "b 1", "a 2", "b 2")
    try rig.poll(until: { rig.words.count >= 8 })
    #expect(try rig.status.state == .failing && rig.status.behindEvents == 4)
    #expect(try rig.status.failure?.httpStatus == 500)
    #expect(rig.warnings == ["hook app: the receiver answered 500; tried again for a day"])
    isDown.withLock { $0 = false }
    let missed = rig.words.count
    try rig.poll(until: { try rig.delivered.count == 4 })
    let words = rig.words.dropFirst(missed)
    #expect(words.filter { $0.hasPrefix("a") } == ["a 1", "a 2"])
    #expect(words.filter { $0.hasPrefix("b") } == ["b 1", "b 2"])
    #expect(try rig.events(.jobDeliveryFailed).count == 2)
    #expect(try rig.status.state == .ok)
  }

  @Test("410 disables a hook until somebody asks for more")
  func gone() throws {
    let isGone = Mutex(true)
    let rig = try HookRig { _ in isGone.withLock { $0 } ? 410 : 200 }
    try rig.job("a")
    try rig.add()
    try rig.report("a 1", "a 2")
    try rig.poll()
    #expect(rig.words == ["a 1"])
    #expect(try rig.hook.disabled != nil && rig.status.state == .disabled)
    #expect(try rig.events(.jobDeliveryFailed).count == 1)
    #expect(rig.warnings.count == 1 && rig.warnings[0].contains("ledger hook resend app"))
    try rig.poll()
    #expect(rig.words == ["a 1"])
    isGone.withLock { $0 = false }
    let head = try rig.books.read { $0.head }
    try rig.change {
      $0.disabled = nil
      $0.retriedAt = head
    }
    try rig.poll()
    #expect(rig.words == ["a 1", "a 1", "a 2"])
  }

  @Test("a poller killed between a delivery and its record delivers again, under the same id")
  func killed() throws {
    let victim = Mutex<Int32>(0)
    let rig = try HookRig { _ in
      let process = victim.withLock { $0 }
      if process != 0 { kill(process, SIGKILL) }
      return 200
    }
    try rig.job("a")
    try rig.add()
    let environment = ["PATH": "/usr/bin:/bin", "LEDGER_DEV": "1"]
    let poller = try Binary.ledgerd.start(
      ["--home", rig.home.path, "poll"], environment: environment)
    victim.withLock { $0 = poller.processID }
    try rig.report("a 1")
    #expect(poller.wait().status == 128 + SIGKILL)
    victim.withLock { $0 = 0 }
    #expect(rig.words == ["a 1"])
    #expect(try rig.delivered == [])
    try rig.poll()
    #expect(rig.words == ["a 1", "a 1"])
    #expect(Set(rig.messages.map(\.id)).count == 1)
    #expect(try rig.delivered.count == 1)
  }

  @Test("the log alone tells what was delivered when what was kept beside it is gone")
  func forgetful() throws {
    let failing = Mutex(true)
    let rig = try HookRig { message in
      message.word == "a 1" && failing.withLock { $0 } ? 500 : 200
    }
    for id in ["a", "b"] { try rig.job(id) }
    try rig.add()
    try rig.report("a 1", "b 1", "b 2", "a 2")
    try rig.poll()
    try FileSystem.removeTree(rig.home.path + "/hooks")
    failing.withLock { $0 = false }
    let before = rig.words.count
    try rig.poll()
    #expect(rig.words.dropFirst(before) == ["a 1", "a 2"])
  }

  @Test("resend sends everything behind a position again, under the same ids")
  func resend() throws {
    let rig = try HookRig()
    try rig.job("a")
    try rig.report("a 0")
    let start = try rig.books.read { $0.head }
    try rig.add()
    try rig.report("a 1", "a 2")
    try rig.poll()
    let head = try rig.books.read { $0.head }
    try rig.change { $0.resent = Hook.Resent(after: start + 1, at: head) }
    try rig.poll()
    #expect(rig.words == ["a 1", "a 2", "a 2"])
    #expect(rig.messages[1].id == rig.messages[2].id)
    let end = try rig.books.read { $0.head }
    try rig.change { $0.resent = Hook.Resent(after: 0, at: end) }
    try rig.poll()
    #expect(rig.words.suffix(3) == ["a 0", "a 1", "a 2"])
    try rig.poll()
    #expect(rig.words.count == 6)
  }

  @Test("after its patience an event is given up, once, and the next one of its job goes")
  func givenUp() throws {
    let isPoisoned = Mutex(true)
    let rig = try HookRig { message in
      message.word == "a 1" && isPoisoned.withLock { $0 } ? 500 : 200
    }
    try rig.job("a")
    try rig.add()
    try rig.report("a 1", "a 2")
    try rig.poll(until: { try rig.delivered.count == 1 }) { $0.hookPace.patienceSeconds = 0.3 }
    #expect(rig.words.last == "a 2")
    let failures = try rig.events(.jobDeliveryFailed)
    #expect(failures.count == 2)
    #expect(Set(failures.map(\.envelope.cause)).count == 1)
    try rig.poll()
    #expect(rig.words.last == "a 2")
    isPoisoned.withLock { $0 = false }
    let head = try rig.books.read { $0.head }
    try rig.change { $0.retriedAt = head }
    try rig.poll()
    #expect(rig.words.last == "a 1" && rig.words.count { $0 == "a 2" } == 1)
    #expect(try rig.delivered.count == 2)
  }

  @Test("a hook is told of its own accounts' jobs only")
  func accounts() throws {
    let rig = try HookRig()
    for (id, account) in [("a", "acme/1"), ("b", "beta"), ("c", "acme/2"), ("d", "acme")] {
      try rig.job(id, account: account)
    }
    try rig.add(account: "acme/*")
    try rig.report("a 1", "b 1", "c 1", "d 1")
    #expect(try rig.status.behindEvents == 2)
    try rig.poll()
    #expect(Set(rig.words) == ["a 1", "c 1"])
  }

  @Test(
    "no hook reaches an internal address",
    arguments: ["https://10.0.0.1/", "http://127.0.0.1:9/", "https://[::1]/", "http://example.com"])
  func guarded(_ url: String) throws {
    let rig = try HookRig()
    try rig.job("a")
    try rig.add(url: url)
    try rig.report("a 1")
    try rig.poll { $0.allowLoopback = false }
    #expect(rig.messages.isEmpty)
    #expect(try rig.status.failure?.message == "its address is no public https URL")
    #expect(try rig.status.behindEvents == 1 && rig.events(.jobDeliveryFailed).isEmpty)
  }

  @Test("a receiver that never answers holds up neither polls nor other hooks")
  func hung() throws {
    let rig = try Rig(try Outside())
    let silent = SmallServer { _, peer in peer.waitForEnd() }
    let receiver = SmallServer { _, peer in peer.answer(200, "") }
    defer {
      silent.stop()
      receiver.stop()
    }
    for (name, server) in [("silent", silent), ("app", receiver)] {
      let hook = Hook(
        name: name, url: server.address, types: [.jobSubmitted, .jobSucceeded],
        createdAt: Timestamp(microseconds: 0), since: 0)
      try Configuration.change(rig.home) { $0.hooks.append(hook) }
      _ = try HookSecret.make(for: name, in: rig.home)
    }
    for index in 0..<8 { try rig.submit("j\(index)") }
    let daemon = rig.daemon()
    try rig.wait { receiver.arrivals.count == 16 }
    #expect(silent.arrivals.count == HookPace().atOnce && silent.open == HookPace().atOnce)
    silent.stop()
    try daemon.finish()
  }

  @Test("a poller that runs takes up a hook that is added, and lets go of one that is removed")
  func changing() throws {
    let rig = try HookRig()
    try rig.job("a")
    try rig.poll(until: {
      if try Configuration.read(rig.home).hooks.isEmpty {
        try rig.add()
        try rig.report("a 1")
      }
      return try rig.delivered.count == 1
    })
    try Configuration.change(rig.home) { $0.hooks = [] }
    try rig.report("a 2")
    try rig.poll()
    #expect(rig.words == ["a 1"])
  }

  @Test("a stop waits for the answers of healthy receivers, so that nothing comes twice")
  func stopped() throws {
    let rig = try HookRig { _ in
      usleep(100_000)
      return 200
    }
    for index in 0..<4 { try rig.job("j\(index)") }
    try rig.add()
    for index in 0..<4 { try rig.report("j\(index) 1") }
    try rig.poll(until: { rig.messages.count == 4 })
    #expect(try rig.delivered.count == 4)
  }

  @Test("a hook whose secret is gone waits for its owner and loses nothing")
  func withoutSecret() throws {
    let rig = try HookRig()
    try rig.job("a")
    try rig.add()
    try HookSecret.remove(of: "app", in: rig.home)
    try rig.report("a 1")
    try rig.poll()
    #expect(rig.messages.isEmpty)
    #expect(rig.warnings.count == 1 && rig.warnings[0].contains("secret is gone"))
    _ = try HookSecret.make(for: "app", in: rig.home)
    try rig.poll()
    #expect(rig.words == ["a 1"])
  }
}
