// Invoices on the command line: held against the books, and recorded.

import Foundation
import Ledger
import Support
import Testing
import Wire

@Suite("Invoices on the command line") struct InvoiceTests {
  private static let header = "id,model,quantity,unit,billed_at\n"

  private func invoice(_ story: Story, _ rows: String, name: String = "i.csv") throws -> String {
    try story.home.file(name, InvoiceTests.header + rows)
  }

  private func audit(
    _ story: Story, _ path: String, _ more: String..., exit: Int32
  ) throws -> [JSON] {
    let words = ["--json", "audit", "--invoice", path, "--provider", "replicate"] + more
    let result = try Binary.ledger.run(words, environment: story.home.environment)
    #expect(result.status == exit, "\(result)")
    let lines = try result.lines.map { try JSON(parsing: $0) }
    for line in lines { try Schemas.expect(line, fits: "invoice-audit") }
    return lines
  }

  /// `won` was captured, `lost` failed and was released, `open` still runs, `free` is watched.
  private func story() throws -> Story {
    let story = try Story()
    try story.succeed("won")
    try story.fail("lost")
    try story.dispatch("open")
    return story
  }

  @Test("each line is one class, each finding names what to type, and the exit code is the answer")
  func classes() throws {
    let story = try story()
    let path = try invoice(
      story,
      """
      x-won,owner/name,2.5,seconds,2026-11-21T09:00:00Z
      x-lost,owner/name,1,seconds,2026-11-21T09:01:00Z
      x-open,owner/name,1,seconds,2026-11-21T09:02:00Z
      new,owner/name,0.000115,seconds,2026-11-21T09:03:00Z

      """)
    let lines = try audit(story, path, exit: 1)
    #expect(
      lines.compactMap { $0["class"]?.string } == [
        "matched", "billed_without_capture", "billed_without_capture", "theirs_only",
      ])
    #expect(lines[0]["credits"] == "5" && lines[0]["quantity"] == "2.5")
    #expect(lines[1]["do"] == "ledger timeline lost" && lines[2]["do"] == "ledger check open")
    #expect(
      lines[3]["do"]
        == .string(
          "ledger track --provider replicate --external-id new --model owner/name "
            + "--account ACCOUNT --hold 0 --charged CREDITS"))
    let summary = try #require(lines.last)
    #expect(summary["findings"] == 3 && summary["audit"] == "findings")
    let margin = try #require(summary["margins"]?.array?.first)
    #expect(margin["quantity"] == "4.500115" && margin["margin"] == .null)
    let rated = try audit(story, path, "--rate", "2", exit: 1)
    #expect(rated.last?["margins"]?.array?.first?["cost"] == "9.00023")
    let selected = try audit(story, path, "--account", "acme", "--state", "succeeded", exit: 0)
    #expect(selected.compactMap { $0["job"] } == ["won"])
    let cut = try audit(story, path, "--until", "2026-11-21T09:00:30Z", exit: 0)
    #expect(cut.last?["lines"] == 1)
  }

  @Test("a submit whose answer was lost is found by its line, probably, and can be attached")
  func lostSubmit() throws {
    let story = try Story()
    try story.submit("j1")
    try story.run(.job("j1", .startDispatch(DispatchStart(nextAt: story.soon(60)))))
    try story.run(
      .job(
        "j1", .doubt(Doubt(fault: .timeout, exchange: Exchange(fault: .timeout), advice: "look"))))
    let path = try invoice(story, "found1,owner/name,1,seconds,\(story.soon(5))\n")
    let line = try #require(try audit(story, path, exit: 1).first)
    #expect(line["certainty"] == "probable" && line["job"] == "j1")
    let advice = try #require(line["do"]?.string)
    #expect(
      advice == "ledger track --id j1 --provider replicate --external-id found1 --account acme")
    let words = advice.split(separator: " ").dropFirst().map(String.init)
    #expect(try Binary.ledger.run(words, environment: story.home.environment).status == 0)
    #expect(try story.home.json("status", "j1").first?["external_id"] == "found1")
  }

  @Test("bill records each line once, and refuses one that says something else than before")
  func bill() throws {
    let story = try story()
    let rows = (1...150).map { number in
      let minute = number / 60, second = number % 60
      return
        "x\(number),owner/name,1,seconds,2026-11-21T09:0\(minute):\(second / 10)\(second % 10)Z"
    }
    let text = "x-won,owner/name,2.5,seconds,2026-11-21T08:00:00Z\n" + rows.joined(separator: "\n")
    let path = try invoice(story, text)
    func bill(_ path: String, _ more: String...) throws -> JSON {
      let words = ["--json", "bill", path, "--provider", "replicate"] + more
      let result = try Binary.ledger.run(words, environment: story.home.environment)
      #expect(result.status == 0, "\(result)")
      let line = try JSON(parsing: try #require(result.lines.last))
      try Schemas.expect(line, fits: "bill")
      return line
    }
    let dry = try bill(path, "--dry-run")
    #expect(dry["recorded"] == 151 && dry["dry_run"] == true)
    #expect(try story.home.json("events", "--type", "provider.billed").isEmpty)
    let first = try bill(path)
    #expect(first["recorded"] == 151 && first["matched"] == 1 && first["unknown"] == 150)
    let events = try story.home.json("events", "--type", "provider.billed")
    #expect(events.count == 151)
    #expect(events[0]["data"]?["job"] == "won" && events[0]["data"]?["certainty"] == "exact")
    #expect(events[0]["subject"] == "provider:replicate")
    // The lines of one invoice are held together by the first of them.
    #expect(events.dropFirst().allSatisfy { $0["cause"] == events[0]["position"] })
    for event in events.prefix(3) { try Schemas.expect(event, fits: "event") }
    let again = try bill(path)
    #expect(again["recorded"] == 0 && again["existing"] == 151 && again["repeated"] == true)
    let longer = try invoice(story, text + "\nlast,owner/name,3,seconds,2026-11-22T09:00:00Z\n")
    #expect(try bill(longer)["recorded"] == 1)
    let last = try #require(try story.home.json("events", "--type", "provider.billed").last)
    #expect(last["cause"] == events[0]["position"])
    let changed = try invoice(story, "new,m,1,seconds,2026-11-22\nx7,m,2,seconds,2026-11-21\n")
    let result = try story.home.ledger("bill", changed, "--provider", "replicate")
    #expect(result.status == 2 && result.error.contains("line 3: x7 is recorded as 1 seconds"))
    #expect(try story.home.json("events", "--type", "provider.billed").count == 152)
    for check in ["verify", "audit"] { #expect(try story.home.ledger(check).status == 0) }
  }

  @Test("the screen fits, and quotes what a spreadsheet would take for a formula")
  func screen() throws {
    let story = try story()
    let path = try invoice(
      story, "=cmd|' /C calc'!A0,@m,1,+x,2026-11-21\n\"a;\u{1B}[2Jb\",m,1,s,2026-11-21\n")
    let result = try story.home.ledger("audit", "--invoice", path, "--provider", "replicate")
    #expect(result.status == 1)
    #expect(result.output.contains("'=cmd|' /C calc'!A0'") && result.output.contains("'@m'"))
    #expect(!result.output.contains("\u{1B}[2J"))
    // What holds control characters is no word of a command.
    #expect(result.output.contains("try: ledger status --provider replicate"))
    let long = result.lines.filter { $0.count > 80 && !$0.contains("try: ") }
    #expect(long == [])
  }

  @Test("refusals have their exit codes and say what to type")
  func refusals() throws {
    let story = try story()
    let path = try invoice(story, "a,m,1,seconds,2026-11-21\nb,m,1,credits,2026-11-21\n")
    func refused(_ status: Int32, _ words: String...) throws {
      let result = try Binary.ledger.run(words, environment: story.home.environment)
      #expect(result.status == status, "\(words): \(result)")
      #expect(result.error.contains("try: "), "\(words): \(result)")
    }
    try refused(64, "audit", "--invoice", path)
    try refused(64, "audit", "--columns", "quantity=a")
    try refused(64, "audit", "--invoice", path, "--provider", "self-hosted")
    try refused(64, "audit", "--invoice", path, "--provider", "replicate", "--rate", "1")
    try refused(64, "audit", "--invoice", path, "--provider", "replicate", "--columns", "a=b")
    try refused(64, "bill", path, "--provider", "nobody")
    let broken = try story.home.file("b.csv", InvoiceTests.header + "a,m,x,s,\n")
    try refused(65, "bill", broken, "--provider", "replicate")
    try refused(65, "audit", "--invoice", broken, "--provider", "replicate")
    try refused(
      65, "audit", "--invoice", path, "--provider", "replicate", "--columns",
      "external_id=nothing,quantity=quantity,unit==s")
    let empty = try story.home.file("e.csv", "")
    try refused(65, "audit", "--invoice", empty, "--provider", "replicate")
  }

  @Test("a map in a file reads what its schema names, and no more")
  func mapFile() throws {
    let story = try story()
    let map = try story.home.file(
      "map.json",
      #"""
      {"$schema":"invoice-map.schema.json","description":"of nobody","time":"DD.MM.YYYY",
       "ignore":"$","columns":{"external_id":"ref","amount":"cost","currency":{"value":"usd"},
       "billed_at":"day","status":{"column":"state","words":{"void":"skip"}}}}
      """#)
    let path = try story.home.file(
      "m.csv", "ref,cost,day,state\nx-won,$0.05,21.11.2026,ok\ny,$9,21.11.2026,void\n")
    let lines = try audit(story, path, "--columns", map, exit: 0)
    #expect(lines.first?["quantity"] == "0.05" && lines.first?["unit"] == "usd")
    #expect(lines.last?["skipped"] == 1)
    let schema = Schemas.folder.deletingLastPathComponent()
      .appending(path: "invoice-map.schema.json")
    let json = try JSON(parsing: try String(contentsOf: schema, encoding: .utf8))
    #expect(Set(json["properties"]?.object?.members.map(\.name) ?? []) == Set(InvoiceMap.names))
    let fields = json["properties"]?["columns"]?["properties"]?.object?.members.map(\.name) ?? []
    #expect(Set(fields) == Set(InvoiceMap.Field.allCases.map(\.rawValue)))
  }
}
