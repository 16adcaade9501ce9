// What a trusted provider says may lead inside: outputs, follow-up addresses, streams, redirects,
// names that change their meaning. The built programs go there never; with the development switch
// they do, so the trap can see them.

import Glibc
import Posix
import Support
import Testing
import Wire

@Suite("Led inside by a provider", .serialized) struct LureTests {
  /// A home that knows the provider, with a folder for outputs. Nobody develops here.
  private func home(_ base: String = "api.lure.example") throws -> CommandHome {
    let home = try CommandHome()
    let profile: JSON = [
      "profile": 1, "name": "lure", "base_url": .string("https://\(base)/v1"),
      "hosts": ["*.lure.example"],
      "submit": ["url": "/jobs", "body": "{{job.input}}", "timeout_s": 10],
      "status": ["url": "/jobs/{{handle.external_id}}", "timeout_s": 10],
      "cancel": ["method": "POST", "url": "/jobs/{{handle.external_id}}/cancel", "timeout_s": 10],
      "handle": [
        "external_id": "/id", "status_url": "/urls/get", "cancel_url": "/urls/cancel",
        "stream_url": "/urls/stream",
      ],
      "state": [
        "pointers": "/state", "words": ["run": "pending", "done": "succeeded", "bad": "failed"],
      ],
      "outputs": [["items": "/output"]],
      "stream": ["by": "event", "messages": [["event": ["done"], "is": "end"]]],
      "limits": [
        "poll": [
          "start_s": .number("0.1"), "max_s": .number("0.2"), "factor": 1, "jitter": 0,
          "slow_s": 1,
        ]
      ],
    ]
    #expect(try home.ledger("grant", "acme", "1000").status == 0)
    try FileSystem.makeDirectories(home.path + "/providers")
    let file = home.path + "/providers/lure.json"
    try FileSystem.replace(file, with: profile.bytes)
    let lint = try home.ledger("provider", "lint", file)
    #expect(lint.status == 0, "\(lint)")
    let store = "file://\(home.directory)/saved"
    #expect(try home.ledger("config", "set", "store", store).status == 0)
    return home
  }

  /// - Parameters:
  ///   - urls: follow-up addresses in the reply to the submit.
  ///   - output: where the film is said to be; nil: the job is still running.
  private func submit(
    _ home: CommandHome, _ id: String, urls: JSON = [:], output: String? = nil
  ) throws {
    var reply: JSON = ["id": .string(id), "state": "run"]
    if let output { reply = ["id": .string(id), "state": "done", "output": .string(output)] }
    let input: JSON = [
      "id": .string(id), "reply": reply,
      "accept": ["id": .string(id), "state": "run", "urls": urls],
    ]
    let result = try home.ledger(
      "submit", "--provider", "lure", "--account", "acme", "--hold", "1", "--id", id, "--input",
      input.text)
    #expect(result.status == 0, "\(result)")
  }

  private func poll(
    _ lure: Lure, _ home: CommandHome, times: Int = 1, isDevelopment: Bool = false
  ) throws {
    var environment = home.environment
    if isDevelopment { environment["LEDGER_DEV"] = "1" }
    for time in 0..<times {
      // As long as the profile's slowest interval: each time all that is open is due.
      if time > 0 { usleep(250_000) }
      let result = try lure.run(.ledgerd, "poll", "--once", environment: environment)
      #expect(result.status == 0, "\(result)")
    }
  }

  /// All the spellings, with names that resolve inside.
  private func hosts(_ lure: Lure) -> [String] {
    InternalAddressTests.spellings.map { $0.replacing("PORT", with: "\(lure.port)") }
      + ["inside", "private", "metadata", "six", "mapped", "both"].flatMap {
        ["\($0).lure.example", "\($0).lure.example:\(lure.port)"]
      }
  }

  @Test("outputs at internal addresses, or behind a redirect to one, are not fetched")
  func outputs() throws {
    let home = try home()
    let lure = try Lure(in: home)
    var bad: Set<String> = []
    for (number, host) in hosts(lure).enumerated() {
      for scheme in ["http", "https"] {
        let url = "\(scheme)://\(host)/film.mp4"
        try submit(home, "o\(number)-\(scheme)", output: url)
        let query = url.utf8.map { Lure.percent($0) }.joined()
        try submit(
          home, "r\(number)-\(scheme)", output: "https://api.lure.example/leap?to=\(query)")
        bad.formUnion(["o\(number)-\(scheme)", "r\(number)-\(scheme)"])
      }
    }
    try submit(home, "good", output: "https://api.lure.example/film.mp4")
    try submit(
      home, "leaps", output: "https://api.lure.example/leap?to=https://cdn.lure.example/film.mp4")
    try poll(lure, home, times: 6)
    #expect(try lure.inside() == [])

    let stored = try home.events("job.stored").compactMap { $0["job"]?.string }
    #expect(Set(stored) == ["good", "leaps"], "the provider itself is reached, by redirect too")
    // What is no address at all is no output either, and the job failed for that.
    let failed = try home.events("job.store_failed") + home.events("job.failed")
    let told = Set(failed.compactMap { $0["job"]?.string })
    #expect(told == bad, "each was judged; \(bad.symmetricDifference(told).sorted())")
    #expect(lure.outside.count { $0.contains("/leap?") } > bad.count / 2)
  }

  @Test("with the development switch loopback is fetched: the trap sees who comes")
  func development() throws {
    let home = try home()
    let lure = try Lure(in: home)
    try submit(home, "plain", output: "http://127.0.0.1:\(lure.port)/film.mp4")
    try submit(home, "private", output: "http://10.0.0.1:\(lure.port)/film.mp4")
    try poll(lure, home, times: 4, isDevelopment: true)
    #expect(Set(try lure.inside()) == ["127.0.0.1:\(lure.port)"], "loopback and nothing else")
  }

  @Test("follow-up addresses and streams that lead inside are not asked")
  func followUps() throws {
    let home = try home()
    let lure = try Lure(in: home)
    for (number, host) in hosts(lure).enumerated() {
      for scheme in ["http", "https"] {
        let url = JSON.string("\(scheme)://\(host)/v1/jobs/x")
        let id = "f\(number)-\(scheme)"
        try submit(home, id, urls: ["get": url, "cancel": url, "stream": url])
      }
    }
    try submit(home, "good", urls: ["get": "https://cdn.lure.example/v1/jobs/good"])
    try poll(lure, home, times: 3)
    let jobs = try home.json("status", "--limit", "1000").compactMap { $0["job"]?.string }
    for job in jobs { _ = try home.ledger("cancel", job) }
    let daemon = try lure.start(.ledgerd, "poll", environment: home.environment)
    try waits("the good one's cancel") {
      lure.outside.contains { $0.hasPrefix("POST") && $0.hasSuffix("/jobs/good/cancel") }
    }
    daemon.signal(15)
    #expect(daemon.wait().status == 0)
    #expect(try lure.inside() == [])
    #expect(lure.outside.contains { $0 == "GET cdn.lure.example /v1/jobs/good" })
    #expect(try home.json("balance", "acme").first?["captured"] == "0")
  }

  @Test("a provider's name that means this machine the second time is not followed")
  func rebinding() throws {
    let home = try home("turn-api.lure.example")
    let lure = try Lure(in: home)
    try submit(home, "j")
    try poll(lure, home)
    #expect(lure.outside == ["POST turn-api.lure.example /v1/jobs"])
    // Another process asks the name server again.
    try poll(lure, home, times: 3)
    #expect(try lure.inside() == [])
    #expect(lure.outside.count == 1, "nobody public was asked either: the name had turned")
    let status = try #require(try home.json("status", "j").first)
    #expect(["dispatched", "running"].contains(status["state"]?.string ?? ""), "no verdict")
    #expect(status["held"] == "1")
    #expect(try home.json("events", "--type", "job.polled").count >= 1)
  }

  @Test("outputs at a name that turns are fetched while it is public, and not after")
  func rebindingOutputs() throws {
    let home = try home()
    let lure = try Lure(in: home)
    for number in 1...5 {
      try submit(home, "j\(number)", output: "https://turn-cdn.lure.example/\(number).mp4")
      try poll(lure, home, times: 3)
    }
    #expect(try lure.inside() == [])
    #expect(try home.events("job.stored").count == 1)
    let failed = Set(try home.events("job.store_failed").compactMap { $0["job"]?.string })
    #expect(failed == ["j2", "j3", "j4", "j5"])
  }

  @Test("hooks follow no redirect and no name that turns")
  func hooks() throws {
    let home = try home()
    let lure = try Lure(in: home)
    let inner = "http%3A%2F%2F127.0.0.1%3A\(lure.port)%2F"
    for (name, url) in [
      ("good", "https://hooks.lure.example/good"), ("turns", "https://turn-hook.lure.example/in"),
      ("leaps", "https://hooks.lure.example/leap?to=\(inner)"),
      ("inside", "https://inside.lure.example/in"), ("six", "https://six.lure.example/in"),
      ("mapped", "https://mapped.lure.example/in"), ("both", "https://both.lure.example/in"),
      ("private", "https://private.lure.example/in"),
      ("metadata", "https://metadata.lure.example/in"),
    ] { #expect(try home.ledger("hook", "add", name, url).status == 0, "\(name)") }
    for number in 1...3 {
      try submit(home, "j\(number)")
      #expect(try home.ledger("cancel", "j\(number)").status == 0)
      try poll(lure, home, times: 2)
    }
    #expect(try lure.inside() == [])
    let heard = Dictionary(grouping: lure.outside) { $0 }.mapValues(\.count)
    #expect(heard["POST hooks.lure.example /good"] == 3)
    #expect(heard["POST turn-hook.lure.example /in"] == 1)
    #expect(heard["POST hooks.lure.example /leap?to=\(inner)", default: 0] >= 1)
    let delivered = try home.events("job.delivered").compactMap { $0["data"]?["consumer"]?.string }
    #expect(Set(delivered) == ["good", "turns"], "\(delivered)")
  }

  @Test("doctor asks no provider whose name leads inside", arguments: ["inside", "six", "both"])
  func doctor(_ name: String) throws {
    let home = try home("\(name).lure.example")
    let lure = try Lure(in: home)
    _ = try lure.run(.ledger, "doctor", "--providers", environment: home.environment)
    #expect(try lure.inside() == [])
  }

  private func waits(_ what: String, until isTrue: () throws -> Bool) throws {
    let end = Patience.end(after: 60, from: Clock.bootMicroseconds())
    while try !isTrue() {
      try #require(Clock.bootMicroseconds() < end, "no sign of \(what)")
      usleep(20_000)
    }
  }
}
