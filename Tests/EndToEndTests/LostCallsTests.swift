// "11 calls, 27 credits used, no video": an app sent them by itself and never looked again. The
// provider's invoice names them, and what the audit says to type brings the videos home.

import Posix
import Support
import Testing
import Wire

@Suite("Calls that nobody knew of, end to end") struct LostCallsTests {
  private let home: CommandHome
  private let providers: Providers

  init() throws {
    providers = try Providers("--provider", "higgsfield")
    home = try CommandHome()
    #expect(try home.ledger("grant", "acme", "100").status == 0)
  }

  private var environment: [String: String] {
    home.environment.merging([
      "LEDGER_DEV": "1", "LEDGER_BASE_URL_HIGGSFIELD": providers.address, "HF_KEY": "id:secret",
    ]) { $1 }
  }

  private func curl(_ words: String...) throws -> String {
    let result = try RunningBinary(
      "curl", ["-sSf"] + words, environment: ["PATH": "/usr/bin:/bin"], input: ""
    ).wait()
    try #require(result.status == 0, "\(result)")
    return result.output
  }

  /// The app's own call, past the books.
  private func send(_ model: String, _ input: JSON) throws {
    _ = try curl(
      "-H", "Authorization: Key id:secret", "-H", "Content-Type: application/json", "-d",
      input.text, "\(providers.address)/\(model)")
  }

  /// Six images and two videos that come to 27 credits, and three calls that fail: those are not
  /// billed.
  private func sendEleven() throws {
    for number in 1...11 {
      let fails = number > 8
      let isVideo = number == 7 || number == 8
      try send(
        isVideo ? "higgsfield-ai/dop/standard" : "higgsfield-ai/soul/standard",
        [
          "prompt": .string("scene \(number)"),
          "simulate": ["outcome": fails ? "failed" : "succeeded", "seconds": .number("0.1")],
        ])
    }
  }

  /// The invoice once every call has ended.
  private func invoice() throws -> String {
    let end = Clock.bootMicroseconds() + 60_000_000
    while true {
      let text = try curl("\(providers.address)/_simulator/invoice.csv")
      if text.split(separator: "\r\n").count == 9 { return try home.file("invoice.csv", text) }
      try #require(Clock.bootMicroseconds() < end, "not billed within a minute: \(text)")
    }
  }

  private func audit(_ path: String) throws -> (lines: [JSON], status: Int32) {
    let words = ["--json", "audit", "--invoice", path, "--provider", "higgsfield", "--rate", "1"]
    let result = try Binary.ledger.run(words, environment: environment)
    return (try result.lines.map { try JSON(parsing: $0) }, result.status)
  }

  @Test("the audit names exactly those calls, and typing what it says finds the videos")
  func found() throws {
    try sendEleven()
    let path = try invoice()
    let first = try audit(path)
    #expect(first.status == 1)
    let lost = first.lines.dropLast()
    #expect(lost.count == 8 && lost.allSatisfy { $0["class"] == "theirs_only" })
    let margins = first.lines.last?["margins"]?.array ?? []
    #expect(margins.count == 1 && margins.first?["quantity"] == "27", "\(margins)")
    for line in lost {
      let advice = try #require(line["do"]?.string).replacing("ACCOUNT", with: "acme")
      let words = advice.split(separator: " ").dropFirst().map(String.init)
      let result = try Binary.ledger.run(words, environment: environment)
      #expect(result.status == 0, "\(advice): \(result)")
    }
    // Adopted and not yet asked for: what the app took fits what is billed.
    let second = try audit(path)
    #expect(second.status == 0, "\(second.lines.map(\.text))")
    let poller = try Binary.ledger.start(["poll", "--drain"], environment: environment).wait()
    #expect(poller.status == 0, "\(poller)")
    let jobs = try home.json("status")
    let videos = jobs.flatMap { $0["outputs"]?.array ?? [] }.filter {
      $0["media_type"] == "video/mp4"
    }
    #expect(jobs.count == 8 && jobs.allSatisfy { $0["state"] == "succeeded" })
    #expect(videos.count == 2)
    let last = try audit(path)
    #expect(last.status == 0 && last.lines.last?["classes"]?["matched"] == 8)
    #expect(last.lines.last?["margins"]?.array?.first?["margin"] == "0")
    #expect(try home.ledger("balance", "acme").output.contains("100"))
    _ = try providers.finish()
  }
}
