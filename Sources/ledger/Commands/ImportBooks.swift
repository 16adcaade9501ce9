// ledger import

import CommandLine
import Glibc
import Ledger
import Posix
import Providers
import Wire

enum ImportBooks {
  static let declaration = Declaration(
    "import", .check, "Take over an export, or the rows of an app's own job table",
    details: """
      An export (ledger export, ndjson, whole) makes the same ledger again in an empty home: its \
      id, positions, times and hashes. Every hash, text and event is checked before anything is \
      put in place. When the old home still works, do not poll both: jobs not yet submitted would \
      be submitted twice.

      With --map the rows of a table, CSV or NDJSON, become jobs marked as imported; the map says \
      which column is what (schemas/import-map.schema.json). What the table says of a job is no \
      verdict: with the provider's id the job is polled at once, whatever its local status; \
      without one it is parked for a person. Nothing is held unless the map names a hold. A row \
      that was taken over before is passed over. Rows with problems are left out, and the exit \
      code is 1.
      """,
    operands: [.required("FILE", .path, "The file; - for standard input")],
    options: [
      .value("map", .path, "Rows of an app's table, read by this map"),
      .flag("dry-run", "Say what would be done, row by row, and write nothing"),
    ],
    examples: [
      "ledger --home ./new import books.ndjson",
      "ledger import jobs.csv --map map.json --dry-run", "ledger import jobs.csv --map map.json",
    ])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let path = arguments.required("FILE")
    let isRehearsal = arguments.flag("dry-run")
    try session.requireDirectory()
    guard let map = arguments.string("map") else {
      return try restore(path, isRehearsal, session)
    }
    let bytes = try InputFile.read(map, bytesMax: ImportMap.bytesMax, as: "--map")
    return try rows(path, try ImportMap(parsing: bytes), isRehearsal, session)
  }

  private static func open(_ path: String) throws -> File {
    do {
      return path == "-" ? File(taking: dup(0), "standard input") : try File(path, O_RDONLY)
    } catch {
      throw Failure.usage("FILE cannot be read: \(error.description)")
    }
  }

  // MARK: an export

  private static func restore(
    _ path: String, _ isRehearsal: Bool, _ session: Session
  ) throws -> ExitCode {
    var progress = Progress("importing", output: session.output)
    let report = try Books.makeHome(
      session.home, from: try open(path), isRehearsal: isRehearsal
    ) { done, total in progress.update(Int(done), of: Int(clamping: total)) }
    progress.finish()
    if session.output.settings.isJSON {
      session.output.json([
        "import": "export", "home": .string(session.home.path),
        "ledger_id": .string(Hex.text(report.ledgerID)), "unit": .string(report.unit),
        "events": .int(report.head), "blobs": .int(report.blobs), "erased": .int(report.erased),
        "open_jobs": .int(report.openJobs), "hash": .string(Hex.text(report.hash.bytes)),
        "position": .int(report.head), "repeated": false, "dry_run": .bool(isRehearsal),
      ])
      return .ok
    }
    session.output.line(
      "\(Human.count(Int(report.head))) events and \(Human.count(Int(report.blobs))) texts "
        + (isRehearsal ? "can be taken over" : "taken over into \(session.home.path)")
        + " (head \(report.head))")
    if report.openJobs > 0 {
      session.output.warning(
        "\(report.openJobs) jobs are open: poll them here or in the old home, never in both")
    }
    if !isRehearsal { session.output.note("  try: \(session.command("verify"))") }
    return .ok
  }

  // MARK: rows

  private static func rows(
    _ path: String, _ map: ImportMap, _ isRehearsal: Bool, _ session: Session
  ) throws -> ExitCode {
    let file = try open(path)
    let registry = try session.registry()
    var patience: [String: UInt64?] = [:]
    func patienceMilliseconds(_ provider: String) -> UInt64? {
      if let known = patience[provider] { return known }
      let seconds = (try? registry.profile(provider))?.limits.patienceSeconds
      patience[provider] = .some(seconds.map { UInt64($0) * 1000 })
      return patience[provider] ?? nil
    }
    var scratch: String?
    defer { if let scratch { try? FileSystem.removeTree(scratch) } }
    let books: Books
    if isRehearsal, !session.home.isInitialised {
      // No home yet: what would be done is tried on one that is thrown away.
      let directory = try FileSystem.makeTemporaryDirectory(
        prefix: (Machine.environment("TMPDIR") ?? "/tmp") + "/ledger-dry-run-")
      scratch = directory
      try Books.create(Home(directory), program: Product.version, by: session.by)
      books = try Books(Home(directory))
    } else {
      try session.makeHome()
      books = try session.books()
    }
    var tally = RowTally(session, isRehearsal: isRehearsal)
    try books.importRows(
      file, map, by: session.by, isRehearsal: isRehearsal,
      patienceMilliseconds: patienceMilliseconds
    ) { tally.add($0) }
    tally.finish(head: try books.read { $0.head })
    return tally.hasProblems ? .no : .ok
  }
}

/// Rows by what became of them.
private struct RowTally {
  private static let kinds = ["tracked", "parked", "existing", "skipped", "problem"]
  private let session: Session
  private let isRehearsal: Bool
  private var counts: [String: Int] = [:]
  private var statuses: [String: Int] = [:]
  private var rows = 0
  private var hasWarned = false

  init(_ session: Session, isRehearsal: Bool) {
    self.session = session
    self.isRehearsal = isRehearsal
  }

  var hasProblems: Bool { counts["problem"] != nil }

  mutating func add(_ outcome: RowOutcome) {
    rows += 1
    counts[outcome.kind.name, default: 0] += 1
    if let status = outcome.status { statuses[status.rawValue, default: 0] += 1 }
    if let account = outcome.account, !hasWarned, account.contains("@") {
      hasWarned = true
      _ = session.account(account)
    }
    var problem: String?
    if case .problem(let reason) = outcome.kind { problem = reason }
    guard isRehearsal || problem != nil else { return }
    if session.output.settings.isJSON {
      session.output.json([
        "line": .int(outcome.line), "row": outcome.row.map(JSON.string) ?? .null,
        "job": outcome.job.map(JSON.string) ?? .null, "outcome": .string(outcome.kind.name),
        "status": outcome.status.map { .string($0.rawValue) } ?? .null,
        "problem": problem.map(JSON.string) ?? .null,
      ])
      return
    }
    let words = [
      "line \(outcome.line)", outcome.row, outcome.kind.name, problem ?? outcome.job,
    ]
    session.output.line(words.compactMap { $0 }.joined(separator: "  "))
  }

  func finish(head: Position) {
    let isRepeated = counts["tracked"] == nil && counts["parked"] == nil
    guard !session.output.settings.isJSON else {
      var line = JSONObject([.init("import", "rows"), .init("rows", .int(rows))])
      for kind in Self.kinds {
        line[kind == "problem" ? "problems" : kind] = .int(counts[kind] ?? 0)
      }
      line["statuses"] = .object(
        JSONObject(statuses.sorted { $0.key < $1.key }.map { .init($0.key, .int($0.value)) }))
      line["position"] = .int(head)
      line["repeated"] = .bool(isRepeated)
      line["dry_run"] = .bool(isRehearsal)
      return session.output.json(.object(line))
    }
    let parts = Self.kinds.compactMap { kind in
      counts[kind].map { "\(Human.count($0)) \(kind == "problem" ? "with problems" : kind)" }
    }
    session.output.line(
      "\(Human.count(rows)) rows: " + (parts.isEmpty ? "none" : parts.joined(separator: ", "))
        + (isRehearsal ? "; nothing was written" : "") + " (head \(head))")
    if !isRehearsal, counts["parked"] != nil {
      session.output.note("  try: \(session.command("status --state parked"))")
    }
    if !isRehearsal, counts["tracked"] != nil { session.adviseToPoll() }
  }
}
