// Outputs from the provider into the store: real servers, real files.

import Ledger
import Poller
import Posix
import Support
import Testing
import Wire

@Suite("Saving outputs", .seeded) struct SaveTests {
  @Test("an output is in the folder, its digest in the log, and only then the job is paid for")
  func folder() throws {
    let world = try SaveRig()
    try world.finished("j", world.server.file("ok", 100_000))
    #expect(try world.state("j") == .storing)
    #expect(try world.poll() == .drained([]))
    let job = try world.rig.details("j").job
    #expect(job.state == .succeeded && job.captured == Credits("5"))
    #expect(try world.files() == ["users/acme/j.mp4"])
    let content = try world.server.content(100_000)
    let file = try FileSystem.read(world.folder + "/users/acme/j.mp4")
    #expect(file == content)
    let stored = try #require(try world.stored("j").first)
    #expect(stored["key"] == "users/acme/j.mp4" && stored["bytes"] == 100_000)
    #expect(stored["sha256"] == .string(SHA256.digest(content).description))
    #expect(stored["url"] == .string("file://\(world.folder)/users/acme/j.mp4"))
    #expect(try world.leftovers() == [])
    #expect(try world.rig.count(.jobStored, of: "j") == 1)
  }

  @Test("by default the job is paid at once, and a drain waits for its outputs all the same")
  func afterwards() throws {
    let world = try SaveRig(captureOn: "succeeded")
    try world.finished("j", world.server.file("ok", 1000))
    #expect(try world.state("j") == .succeeded)
    #expect(try world.poll() == .drained([]))
    #expect(try world.stored("j").first?["key"] == "users/acme/j.mp4")
  }

  @Test("several outputs are saved one after the other, each under its own name")
  func several() throws {
    let world = try SaveRig()
    let data = "data:text/plain;base64,aGVsbG8="
    try world.finished(
      "j",
      [
        .init(url: world.server.file("ok", 10), mediaType: "video/mp4"),
        .init(url: world.server.file("ok", 20, "b.webm")),
        .init(url: data), .init(url: "data:,a%20b"),
      ])
    try world.poll()
    #expect(try world.state("j") == .succeeded)
    #expect(
      try world.files() == [
        "users/acme/j~0.mp4", "users/acme/j~1.webm", "users/acme/j~2.txt", "users/acme/j~3.txt",
      ])
    #expect(try FileSystem.read(world.folder + "/users/acme/j~2.txt") == Array("hello".utf8))
    #expect(try FileSystem.read(world.folder + "/users/acme/j~3.txt") == Array("a b".utf8))
  }

  @Test("a connection that breaks off is taken up where it ended")
  func resume() throws {
    let world = try SaveRig()
    try world.finished("j", world.server.file("cut", 30_000))
    try world.poll()
    let content = try world.server.content(30_000)
    #expect(try FileSystem.read(world.folder + "/users/acme/j.mp4") == content)
    let ranges = try world.server.requests("/files/cut").map { $0["headers"]?["range"]?.string }
    #expect(ranges == [nil, "bytes=10000-", "bytes=20000-"])
    #expect(try world.rig.count(.jobStoreFailed, of: "j") == 0)
  }

  @Test("what has changed meanwhile, or cannot be told apart, is fetched from its beginning")
  func noMixture() throws {
    let world = try SaveRig()
    try world.finished("a", world.server.file("changed", 30_000))
    try world.finished("b", world.server.file("cutonce", 30_000))
    try world.poll()
    let reference = try world.server.content(30_000)
    #expect(try FileSystem.read(world.folder + "/users/acme/b.mp4") == reference)
    let changed = try FileSystem.read(world.folder + "/users/acme/a.mp4")
    #expect(changed?.count == 30_000 && changed?.starts(with: reference.prefix(32)) == false)
  }

  @Test(
    "a page, a busy server: not the output yet; it is asked for again until it comes",
    arguments: ["html", "busy"])
  func later(_ how: String) throws {
    let world = try SaveRig()
    try world.finished("j", world.server.file(how, 1000))
    try world.poll()
    #expect(try world.state("j") == .succeeded)
    #expect(try world.rig.count(.jobStoreFailed, of: "j") == 2)
    let content = try world.server.content(1000)
    #expect(try FileSystem.read(world.folder + "/users/acme/j.mp4") == content)
  }

  @Test(
    "what never becomes the output is given up when the provider's time is over: parked, hold kept",
    arguments: [
      ("json", 10, "not the output"), ("gone", 10, "404"), ("empty", 0, "empty"),
      ("announced", 10, "output_bytes_max"), ("endless", 10, "output_bytes_max"),
      ("drip", 10, "in time"), ("circle", 10, "redirects"),
    ])
  func lost(_ how: String, _ size: Int, _ words: String) throws {
    let world = try SaveRig(limits: ["output_life_s": 1])
    try world.set("output_bytes_max", "1000000")
    try world.finished("j", world.server.file(how, size))
    guard case .drained(let open) = try world.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.id) == ["j"] && open[0].reason.contains("output_lost"))
    let job = try world.rig.details("j").job
    #expect(job.state == .parked && job.openHold == Credits("5") && job.captured == .zero)
    let messages = try world.messages("j")
    #expect(messages.allSatisfy { $0.contains(words) } && !messages.isEmpty, "\(messages)")
    #expect(try world.files() == [] && world.leftovers() == [])
    try world.rig.run(.job("j", .resolve(.succeeded, reason: "seen by hand")))
    #expect(try world.rig.details("j").job.captured == Credits("5"))
  }

  @Test(
    "neither an output's address nor a redirect leads inside",
    arguments: [
      "http://169.254.169.254/latest/meta-data/", "https://10.0.0.1/x.mp4", "http://[fe80::1]/x",
      "http://public.example/x.mp4", "file:///etc/passwd", "https://user:word@192.0.2.1/",
    ])
  func inside(_ target: String) throws {
    let world = try SaveRig(limits: ["output_life_s": 1])
    try world.finished("direct", target)
    try world.finished("led", world.server.file("redirect", 1) + "?" + target)
    try world.poll()
    #expect(try world.state("direct") == .parked && world.state("led") == .parked)
    #expect(try world.files() == [])
  }

  @Test("a redirect is followed, without our credentials to another host")
  func redirect() throws {
    let world = try SaveRig()
    let target = world.server.file("ok", 5000, "there.mp4")
    try world.finished("j", world.server.file("redirect", 1) + "?" + target)
    try world.finished(
      "k",
      [
        .init(
          url: world.server.file("redirect", 2) + "?" + target, mediaType: "video/mp4",
          needsAuth: true)
      ])
    try world.poll()
    #expect(try world.files() == ["users/acme/j.mp4", "users/acme/k.mp4"])
    let headers = try world.server.log.compactMap { $0["headers"]?.object }
    #expect(headers.allSatisfy { $0["authorization"] == nil })
  }

  @Test("credentials go where the profile says so, and to its own host only")
  func credentials() throws {
    let world = try SaveRig(limits: ["output_life_s": 1])
    let url = world.server.file("auth", 1000)
    try world.finished("j", [.init(url: url, mediaType: "video/mp4", needsAuth: true)])
    try world.finished("k", [.init(url: url, mediaType: "video/mp4")])
    let environment = world.environment.merging(["LEDGER_BASE_URL_REPLICATE": world.server.address])
    { $1 }
    try world.poll { $0.environment = { environment[$0] } }
    #expect(try world.state("j") == .succeeded && world.state("k") == .parked)
    #expect(try world.messages("k").allSatisfy { $0.contains("401") })
  }

  @Test("an account's name is no path")
  func climbing() throws {
    let world = try SaveRig()
    let account = "../../../../tmp/x"
    try world.rig.run(.grant(Grant(account: account, amount: Credits("9")!)))
    try world.finished("..", [.init(url: world.server.file("ok", 10))], account: account)
    try world.poll()
    #expect(try world.files() == ["users/~2E.~2F..~2F..~2F..~2Ftmp~2Fx/~2E..mp4"])
  }

  @Test("below the disk's floor nothing is fetched; the job waits")
  func noRoom() throws {
    let world = try SaveRig(limits: ["output_life_s": 1])
    try world.finished("j", world.server.file("ok", 1000))
    let free = try FileSystem.freeBytes(world.folder)
    // Above what is free, but not for the log itself, whose floor is its file system's too.
    try world.set("disk_floor", "\(free - 4_000_000)")
    try world.finished("k", world.server.file("ok", 8_000_000))
    try world.poll()
    #expect(try world.messages("k").allSatisfy { $0.contains("free on the disk") })
    #expect(try world.state("k") == .parked && world.leftovers() == [])
  }
}
