// Text that people and their files write: JSON, command lines, values, configuration, tables.

import CommandLine
import Glibc
import Ledger
import Posix
import Synchronization
import Wire

extension FuzzTarget {
  static let json = FuzzTarget("json") {
    SeedFiles.contents(of: "schemas/examples", ending: ".json").map { Array($0.prefix(2000)) }
      + [Array("[1e400,-0.0,\"\\ud83d\\ude00\",{\"a\":[null,true]}]")]
  } run: { bytes in
    guard let value = try? JSON(parsing: bytes) else { return }
    let written = value.bytes
    let again = try? JSON(parsing: written, limits: JSONLimits(bytes: 1 << 20))
    precondition(again == value, "what was read is not what is written")
    precondition(!written.contains { $0 < 0x20 || $0 == 0x7F }, "a control character goes out")
    precondition((try? JSON(parsing: value.canonicalBytes)) != nil, "no canonical form")
    _ = (value.int, value.double)
  }

  static let arguments = FuzzTarget("arguments") {
    FuzzedCommands.lines.map { Array($0) }
  } run: { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let words = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    do throws(Failure) {
      _ = try FuzzedCommands.parser.parse(words)
    } catch {
      precondition(error.exitCode == .usage, "a wrong line is a wrong use")
      let hasControl = error.message.unicodeScalars.contains { $0.value < 0x20 }
      precondition(!hasControl, "a message carries a control character")
    }
  }

  static let values = FuzzTarget("values", bytesMax: 300) {
    [
      "2026-01-31T23:59:60.123456Z", "2026-02-30", "9223372036854.775807", "-0.000001", "7d",
      "36500d", "1200", "/a~1b/0", "YWJj", "00ff", "acme/team@x", "job-1:2.3",
    ].map { Array($0) }
  } run: { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let now = Timestamp(microseconds: 1_800_000_000_000_000)
    if let time = Timestamp(text) {
      precondition(Timestamp(time.description) == time, "a time does not come back")
    }
    if let credits = Credits(text) {
      precondition(Credits("\(credits)") == credits, "an amount does not come back")
    }
    if let length = Duration(compact: text) { _ = now.advanced(milliseconds: length.milliseconds) }
    _ = PositionOrTime(text, now: now)
    if let pointer = JSONPointer(text) { precondition(pointer.description == text) }
    if let decoded = Base64.decode(text) { precondition(decoded.count <= bytes.count) }
    if let decoded = Hex.bytes(text) { precondition(Hex.text(decoded) == text.lowercased()) }
    if let pattern = AccountPattern(text) { _ = pattern.matches("acme/team") }
    _ = JobID.isValid(text)
    _ = Zstd.decompress(bytes, count: 1 << 16)
  }

  static let configuration = FuzzTarget("configuration") {
    [
      Array(
        #"{"tokens":[{"name":"a","sha256":"\#(String(repeating: "0f", count: 32))","#
          + #""scopes":["audit"],"accounts":["acme/*"],"created_at":"2026-01-01T00:00:00Z","#
          + #""expires_at":null}],"hooks":[{"name":"h","url":"https://a.example/","#
          + #""types":["job.succeeded"],"account":null}]}"#)
    ]
  } run: { bytes in
    _ = try? Configuration(parsing: bytes)
  }

  static let csv = FuzzTarget("csv") {
    [Array("a,\"b\"\"c\",,=1+1\r\n"), Array("\"two\nlines\",-5,@x"), Array("id,price\n1,0.5\n")]
  } run: { bytes in
    guard let fields = (try? CSVRow.fields(bytes)) ?? nil else { return }
    precondition(fields.count <= 1000, "more fields than the bound")
    let written = CSVRow.text(fields)
    guard let again = (try? CSVRow.fields(Array(written))) ?? nil else {
      fatalError("a row that was written cannot be read")
    }
    precondition(again.count == fields.count)
    for (field, safe) in zip(fields, again) {
      precondition(safe == field || safe == "'" + field, "a field changed")
      precondition(safe.utf8.first.map { !Array("=+@\t\r").contains($0) } ?? true, "a formula")
    }
  }

  static let plan = FuzzTarget("plan") {
    SeedFiles.contents(of: "schemas/examples", ending: "video.json")
  } run: { bytes in
    guard let json = try? JSON(parsing: bytes) else { return }
    if let plan = try? Plan(reading: json, hold: Credits("10")!) {
      precondition(Plan(kept: plan.json) == plan, "a plan does not come back")
    }
  }
}

/// Commands with every kind of value and rule.
enum FuzzedCommands {
  static let parser = Parser(
    program: "ledger", commands: [submit, give, providerTry, providerShow])

  private static let submit = Command(
    "submit", .run, "Write down a job",
    options: [
      .required("provider", .identifier, "Who does the work"), .value("input", .json, "What"),
      .value("input-file", .path, "The same"), .value("patience", .duration, "How long"),
      .value("until", .futureTime, "When"), .value("as-of", .positionOrTime, "Then"),
      .value("since", .time, "From"), .value("step", .step, "Which"), .value("url", .url, "Where"),
      .repeated("meta", .pair, "Words"), .repeated("attach", .attachment, "Files"),
      .value("types", .list, "Which"), .flag("wait", "Wait"),
    ], rules: [.exactlyOne(["input", "input-file"])])
  private static let give = Command(
    "grant", .money, "Give credits",
    operands: [
      .required("ACCOUNT", .account, "who"), .required("CREDITS", .signedCredits, "how many"),
      .rest("WHY", .text, "why"),
    ], options: [.value("priority", .integer(0...1000), "Order"), .value("fee", .credits, "Fee")])
  private static let providerTry = Command(
    "provider try", .providers, "Try",
    options: [.required("phase", .choice(["submit", "status"]), "What")], selector: true)
  private static let providerShow = Command("provider show", .providers, "Show")

  static let lines = [
    "submit\n--provider\np\n--input={\"a\":1}\n--patience\n90s\n--meta\nk=v\n--step=1/2\n--wait",
    "--json\ngrant\nacme\n-5\nbecause\n--priority=3\n--fee\n0.5",
    "provider\ntry\n--phase\nstatus\n--since\n7d\n--state=running,parked\n--limit\n5",
    "help\nprovider\ntry", "--version", "submit\n--help", "grant\n--\n--acme\n1",
    "submit\n--url\nhttps://a.example/\n--as-of\n2026-01-01\n--until\n90d\n--attach\n/a/0=f.png",
  ]
}
