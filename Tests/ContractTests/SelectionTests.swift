// The selector, the cursor and the following of news: the same jobs and events wherever they are
// asked for.

import Ledger
import Support
import Testing
import Wire

@Suite("Selecting and following") struct SelectionTests {
  private func jobs(_ home: CommandHome, _ words: [String]) throws -> [String] {
    let result = try Binary.ledger.run(
      ["--json", "status"] + words, environment: home.environment)
    #expect(result.status == 0, "\(result)")
    return try result.lines.map { try JSON(parsing: $0)["job"]?.string ?? "" }
  }

  @Test("each condition of the selector chooses, and together they all must hold")
  func selector() throws {
    let story = try Story()
    try story.succeed("a")
    try story.fail("b")
    try story.submit("c")
    try story.run(
      .submit(
        .init(
          id: "d", account: "other", provider: "self-hosted", hold: .zero,
          meta: JSONObject([.init("user", 7)]))))
    let home = story.home
    #expect(try jobs(home, []) == ["d", "c", "b", "a"])
    #expect(try jobs(home, ["--limit", "2"]) == ["d", "c"])
    #expect(try jobs(home, ["--account", "acme"]) == ["c", "b", "a"])
    #expect(try jobs(home, ["--account", "nobody"]) == [])
    #expect(try jobs(home, ["--provider", "self-hosted"]) == ["d"])
    #expect(
      try jobs(home, ["--model", "owner/name", "--state", "succeeded,failed"]) == ["b", "a"])
    #expect(try jobs(home, ["--meta", "user=42"]) == ["c", "b", "a"])
    #expect(try jobs(home, ["--meta", "user=7"]) == ["d"])
    #expect(try jobs(home, ["--since", "1h"]).count == 4)
    #expect(try jobs(home, ["--until", "1h"]) == [])
    let events = try home.json("events", "--state", "failed", "--type", "job.failed,job.succeeded")
    #expect(events.map { $0["job"] } == ["b"])
    #expect(
      try home.json("events", "--account", "other").allSatisfy { $0["account"] == "other" })
  }

  @Test("--after goes on exactly where a reader stopped")
  func cursor() throws {
    let story = try Story()
    try story.everyState()
    let all = try story.home.json("events")
    var read: [JSON] = []
    while read.count < all.count {
      let after = read.last?["position"]?.int ?? 0
      let page = try story.home.json("events", "--after", "\(after)", "--limit", "7")
      try #require(!page.isEmpty)
      read += page
    }
    #expect(read == all)
    let last = try #require(all.last?["position"]?.int)
    #expect(try jobs(story.home, ["--after", "\(last)"]) == [])
    #expect(try jobs(story.home, ["--after", "\(last - 1)"]) == ["expired"])
    #expect(try story.home.json("events", "running").allSatisfy { $0["job"] == "running" })
  }

  @Test("more events than a page holds are all printed, of one job and of all")
  func pages() throws {
    let story = try Story()
    try story.dispatch("j1")
    for _ in 0..<600 { try story.observe("j1", .pending) }
    let polls = try story.home.json("events", "j1", "--type", "job.polled")
    #expect(polls.count == 600)
    #expect(try story.home.json("events").count == 600 + 3 + 4)
    #expect(try story.home.json("events", "--limit", "300").count == 300)
  }

  @Test("--follow prints what is written later")
  func follow() throws {
    let story = try Story()
    let following = try Binary.ledger.start(
      ["--json", "events", "--follow", "--type", "job.submitted"],
      environment: story.home.environment)
    for id in ["f1", "f2"] {
      try story.submit(id)
      #expect(following.waitForOutput { $0.contains("\"job\":\"\(id)\"") })
    }
    following.signal(15)
    let result = following.wait()
    #expect(result.status == 128 + 15)
    #expect(result.lines.count == 2)
  }

  @Test("--watch of a job shows each change and ends with it; the board shows every job")
  func watch() throws {
    let story = try Story()
    try story.dispatch("w1")
    let job = try Binary.ledger.start(
      ["--json", "status", "w1", "--watch"], environment: story.home.environment)
    let board = try Binary.ledger.start(
      ["status", "--watch"], environment: story.home.environment)
    #expect(job.waitForOutput { $0.contains("dispatched") })
    #expect(board.waitForOutput { $0.contains("w1  dispatched") })
    try story.observe("w1", .failed) { $0.failureClass = .providerFailed }
    let result = job.wait()
    #expect(result.status == 0)
    let last = try JSON(parsing: try #require(result.lines.last))
    try Schemas.expect(last, fits: "status")
    #expect(last["state"] == "failed")
    #expect(board.waitForOutput { $0.contains("w1  failed") })
    board.signal(15)
    _ = board.wait()
  }

  @Test("submit --wait ends with the verdict", arguments: [(true, 0), (false, 1)])
  func wait(_ succeeds: Bool, _ status: Int32) throws {
    let story = try Story()
    let waiting = try Binary.ledger.start(
      [
        "--json", "submit", "--provider", "replicate", "--account", "acme", "--hold", "5",
        "--input", "{}", "--id", "w1", "--wait",
      ], environment: story.home.environment)
    #expect(waiting.waitForOutput { $0.contains("submitted") })
    if succeeds {
      try story.run(.job("w1", .startDispatch(.init(nextAt: story.soon(60)))))
      try story.run(
        .job(
          "w1",
          .accept(.init(via: .submit, handle: .init(externalID: "x"), nextAt: story.soon(60)))))
      try story.observe("w1", .succeeded) { $0.outputs = [.init(url: "https://x/y")] }
    } else {
      try story.run(.job("w1", .cancel(reason: nil)))
    }
    let result = waiting.wait()
    #expect(result.status == status)
    try Schemas.expect(try JSON(parsing: try #require(result.lines.last)), fits: "status")
  }
}
