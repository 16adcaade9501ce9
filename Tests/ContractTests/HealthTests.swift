// /livez, /readyz and /metrics of the built programs.

import Glibc
import Ledger
import Posix
import Support
import Testing
import Wire

@Suite("Health") struct HealthTests {
  private func problems(_ reply: RawReply) -> [String] {
    reply.json?["problems"]?.array?.compactMap(\.string) ?? []
  }

  @Test("a server is alive at once, and ready as long as a poller works, on its own or within")
  func ready() throws {
    let house = try ServedHome()
    let live = try house.get("/livez")
    #expect(live.status == 200 && live.json == ["status": "ok", "problems": []])
    let alone = try house.get("/readyz")
    #expect(alone.status == 503 && alone.json?["status"] == "failing")
    #expect(problems(alone).count == 1 && problems(alone)[0].hasSuffix("ledger poll"))

    let poller = try Binary.ledgerd.start(["poll"], environment: house.home.environment)
    let ready = try house.get("/readyz", until: 200)
    #expect(ready.status == 200 && ready.json == ["status": "ok", "problems": []])
    poller.signal(SIGTERM)
    #expect(poller.wait().status == 0)
    #expect(try house.get("/readyz").status == 503, "it took its sign of life back")

    let both = try ServedHome(["--poll"], home: house.home)
    #expect(try both.get("/readyz", until: 200).status == 200)
  }

  @Test("a poller that is there and does nothing leaves the server unready, and it says how long")
  func stuck() throws {
    let house = try ServedHome()
    let bootID = try Clock.bootID()
    let then = Clock.bootMicroseconds() - 12_000_000
    let line = "4711 2026-01-01T00:00:00.000000Z \(then) \(bootID)\n"
    try FileSystem.replace(house.home.path + "/POLLER", with: Array(line.utf8))
    let reply = try house.get("/readyz")
    #expect(reply.status == 503)
    #expect(problems(reply).contains { $0.contains("no sign of life for 1") })
  }

  @Test("below the disk floor a server is alive and not ready, until the floor is lowered")
  func floor() throws {
    let house = try ServedHome(["--poll"])
    #expect(try house.get("/readyz", until: 200).status == 200)
    _ = try house.home.ledger("config", "set", "disk_floor", "\(UInt64.max)")
    let reply = try house.get("/readyz", until: 503)
    #expect(problems(reply).contains { $0.contains("below the floor") })
    #expect(!reply.body.contains(house.home.path), "nothing of the place is told")
    #expect(try house.get("/livez").status == 200)
    _ = try house.home.ledger("config", "set", "disk_floor", "1")
    #expect(try house.get("/readyz", until: 200).status == 200)
  }

  @Test("figures are those of status --summary, in a text that a strict reader takes")
  func figures() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "100")
    for id in ["a", "b", "c"] {
      _ = try home.ledger(
        "submit", "--provider", "replicate", "--account", "acme", "--hold", "5", "--id", id,
        "--input", "{}")
    }
    _ = try home.ledger("cancel", "c")
    _ = try home.ledger(
      "track", "--provider", "replicate", "--external-id", "x1", "--account", "acme", "--hold", "1",
      "--id", "d")
    let house = try ServedHome(home: home)
    _ = try home.ledger("resolve", "d", "--as", "succeeded", "--reason", "seen there")
    _ = try home.ledger(
      "track", "--provider", "replicate", "--external-id", "x2", "--account", "acme", "--hold", "1",
      "--id", "e")
    let summary = try #require(try home.json("status", "--summary").first)
    // The followers' thread counts what it has read.
    var reply = try house.get("/metrics")
    for _ in 0..<1500 where !reply.body.contains("replies_total{") {
      usleep(20_000)
      reply = try house.get("/metrics")
    }
    #expect(reply.status == 200 && reply.head.contains("content-type: text/plain; version=0.0.4"))
    let text = try PrometheusText(reply.body)
    for member in summary["jobs"]?.object?.members ?? [] {
      let count = member.value.int.map(Double.init)
      #expect(text.value("ledger_jobs", ["state": member.name]) == count)
    }
    #expect(text.value("ledger_head") == summary["head"]?.int.map(Double.init))
    #expect(text.value("ledger_holds_open") == 3)
    #expect(text.value("ledger_jobs_unpolled") == 1)
    #expect(text.value("ledger_captures_without_evidence") == 0)
    #expect(text.value("ledger_captures_checked_head") ?? 0 > 0)
    #expect(text.value("ledger_hold_oldest_seconds") ?? 0 > 0)
    #expect(text.value("ledger_poll_lag_seconds") ?? 0 > 0, "nobody polls, and one is due")
    #expect(text.value("ledger_poller_heartbeat_age_seconds") == .infinity)
    let replies = ["provider": "replicate", "class": "ok"]
    #expect(text.value("ledger_provider_replies_total", replies) == 1, "only since the start")
    #expect(text.value("ledger_streams_open") == 0)
    for name in [
      "ledger_free_bytes", "ledger_disk_floor_bytes", "process_resident_memory_bytes",
      "process_open_fds", "process_max_fds",
    ] { #expect(text.value(name) ?? 0 > 0, "\(name)") }
    #expect(text.types["ledger_commit_seconds"] == "histogram")
    #expect(text.value("ledger_commit_seconds_count") == 0, "this process wrote nothing")
  }

  @Test(
    "the reader of figures is strict",
    arguments: [
      "a 1\n", "# HELP a x\n# TYPE a gauge\na 1", "# HELP a x\n# TYPE a gauge\nb 1\n",
      "# HELP a x\n# TYPE a gauge\na 1\na 1\n", "# HELP a x\n# TYPE a gauge\na{b=\"c} 1\n",
      "# HELP a x\n# TYPE a gauge\na one\n", "# HELP a x\n# TYPE a thing\na 1\n",
      "# HELP a x\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
    ])
  func strict(_ text: String) {
    #expect(throws: PrometheusText.Flaw.self) { try PrometheusText(text) }
  }

  @Test("a server that may not listen says why, and ends with the code for it")
  func listening() throws {
    let house = try ServedHome()
    func serve(on address: String) throws -> BinaryResult {
      try Binary.ledgerd.run(
        ["--json", "serve", "--listen", address], environment: house.home.environment)
    }
    let taken = try serve(on: "127.0.0.1:\(house.port)")
    #expect(taken.status == 69 && taken.error.contains("taken by another program"))
    #expect(try serve(on: "somewhere").status == 69)
    let open = try serve(on: "0.0.0.0:0")
    #expect(open.status == 78 && open.error.contains("ledger token create"))
  }

  @Test("figures are for those who operate; probes are for everybody")
  func scopes() throws {
    let home = try CommandHome()
    _ = try home.ledger("init")
    func token(_ scope: String) throws -> String {
      let made = try home.json("token", "create", scope.replacing(":", with: "-"), "--scope", scope)
      return try #require(made.first?["token"]?.string)
    }
    let reader = try token("jobs:read")
    let operate = try token("operate")
    let house = try ServedHome(home: home)
    #expect(try house.get("/metrics").status == 401)
    #expect(try house.get("/metrics", token: reader).status == 403)
    #expect(try house.get("/metrics", token: operate).status == 200)
    #expect(try house.get("/livez").status == 200)
    #expect(try house.get("/readyz").status == 503)
  }
}
