// What a provider says while a job runs, beside the events of whoever follows.

import Glibc
import Ledger
import Posix
import Support
import Testing
import Wire

@Suite("Live lines on the command line") struct LiveTests {
  private func wait(_ isTrue: () throws -> Bool) throws {
    for _ in 0..<3000 {
      if try isTrue() { return }
      usleep(10_000)
    }
    Issue.record("not within half a minute")
  }

  @Test(
    "following a job or the log shows its lines, without a position, and nobody else's",
    arguments: [
      ["events", "j-1", "--follow"], ["status", "j-1", "--watch"], ["events", "--follow"],
    ])
  func follow(_ words: [String]) throws {
    let home = try CommandHome()
    _ = try home.ledger(
      "submit", "--provider", "replicate", "--account", "acme", "--hold", "0", "--id", "j-1",
      "--input", "{}")
    let follower = try Binary.ledger.start(["--json"] + words, environment: home.environment)
    try wait { follower.outputSoFar.contains("\"j-1\"") }
    let relay = try LiveRelay(Home(home.path))
    var count = 0
    // It may have begun to watch only after it showed what there was.
    try wait {
      count += 1
      let now = Timestamp(microseconds: Clock.wallMicroseconds())
      try relay.append([
        LiveLine(job: "other", .log, "secret of others", at: now),
        LiveLine(job: "j-1", .log, "step \(count)\u{1b}[2J", at: now),
      ])
      return follower.outputSoFar.contains("\"live\":true")
    }
    follower.signal(SIGKILL)
    let lines = follower.outputSoFar.split(separator: "\n").compactMap { line in
      try? JSON(parsing: Array(line.utf8))
    }
    let live = lines.filter { $0["live"] == true }
    for line in live {
      try Schemas.expect(line, fits: "live-line")
      #expect(line["job"] == "j-1" && line["position"] == nil)
    }
    #expect(live.first?["text"]?.string?.hasPrefix("step ") == true)
    #expect(!follower.outputSoFar.contains("secret of others"))
  }

  @Test("for people a line is marked, and a provider's control characters are escaped")
  func plain() throws {
    let home = try CommandHome()
    _ = try home.ledger(
      "submit", "--provider", "replicate", "--account", "acme", "--hold", "0", "--id", "j-1",
      "--input", "{}")
    let follower = try Binary.ledger.start(["events", "--follow"], environment: home.environment)
    let relay = try LiveRelay(Home(home.path))
    try wait {
      let now = Timestamp(microseconds: Clock.wallMicroseconds())
      try relay.append([LiveLine(job: "j-1", .stage, "scene 2\u{1b}[2J", at: now)])
      return follower.outputSoFar.contains("~ j-1  stage  scene 2")
    }
    follower.signal(SIGKILL)
    #expect(!follower.outputSoFar.contains("\u{1b}"))
  }
}
