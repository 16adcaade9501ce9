// Import on the command line: exports, rows of an app's table, exit codes, and the example maps.

import Foundation
import Support
import Testing
import Wire

@Suite("Import on the command line") struct ImportTests {
  private static let map = #"""
    {"table":"jobs","row_id":"id","account":"user","provider":{"value":"replicate"},
     "external_id":"prediction","charged":"paid",
     "status":{"column":"state","words":{"done":"succeeded","error":"failed","draft":"skip"}},
     "meta":{"scene":"scene"}}
    """#
  private static let rows = """
    id,user,prediction,state,paid,scene\r
    1,u1,p1,done,4,"one, or\r
    two"\r
    2,u1,,error,0,=2\r
    3,u2,p3,draft,0,\r
    4,u2,p4,lost,0,\r
    5,u2,p1,error,0,\r
    6,u 2,p6,error,0,\r
    7,u2,p7,error,-1,\r
    """

  private func files(_ home: CommandHome) throws -> (rows: String, map: String) {
    (try home.file("rows.csv", ImportTests.rows), try home.file("map.json", ImportTests.map))
  }

  @Test("a dry run names every row and writes nothing, not even a home")
  func dryRun() throws {
    let home = try CommandHome()
    let (rows, map) = try files(home)
    let lines = try home.json("import", rows, "--map", map, "--dry-run")
    #expect(!FileManager.default.fileExists(atPath: home.path))
    for line in lines.dropLast() { try Schemas.expect(line, fits: "import-row") }
    #expect(
      lines.dropLast().map { $0["outcome"] } == [
        "tracked", "parked", "skipped", "problem", "problem", "problem", "problem",
      ])
    let summary = try #require(lines.last)
    try Schemas.expect(summary, fits: "import-summary")
    #expect(summary["problems"] == 4 && summary["dry_run"] == true)
    let words = try home.ledger("import", rows, "--map", map, "--dry-run")
    #expect(words.status == 1)
    #expect(words.output.contains("nothing was written"))
  }

  @Test("rows become jobs once; those with problems are named and left out")
  func rows() throws {
    let home = try CommandHome()
    let (rows, map) = try files(home)
    let first = try home.ledger("import", rows, "--map", map)
    #expect(first.status == 1 && first.output.contains("1 tracked, 1 parked, 1 skipped"))
    let job = try #require(try home.json("status", "1").first)
    #expect(job["state"] == "dispatched" && job["external_id"] == "p1")
    #expect(job["meta"] == ["scene": "one, or\ntwo", "imported_status": "done"])
    #expect(try home.json("status", "2").first?["state"] == "parked")
    let submitted = try #require(try home.json("events", "1", "--type", "job.submitted").first)
    #expect(submitted["data"]?["imported"] == "jobs/1" && submitted["data"]?["charged"] == "4")
    let again = try #require(try home.json("import", rows, "--map", map).last)
    #expect(again["existing"] == 2 && again["tracked"] == 0 && again["repeated"] == true)
    #expect(try home.ledger("verify").status == 0)
    let csv = try home.ledger("export", "--format", "csv").output
    #expect(csv.hasPrefix("position,at,type,"))
  }

  @Test("NDJSON rows are read by member and by pointer")
  func ndjson() throws {
    let home = try CommandHome()
    let row = #"{"id":7,"who":{"id":"u1"},"p":{"id":"x7"}}"#
    let map =
      #"{"row_id":"id","job_prefix":"j-","account":"/who/id","external_id":"/p/id","#
      + #""provider":{"value":"replicate"}}"#
    let result = try home.ledger(
      "import", try home.file("rows.ndjson", row), "--map", try home.file("map.json", map))
    #expect(result.status == 0, "\(result)")
    #expect(try home.json("status", "j-7").first?["account"] == "u1")
  }

  @Test("refusals have their exit codes")
  func refusals() throws {
    let home = try CommandHome()
    func status(_ words: String...) throws -> Int32 {
      let result = try Binary.ledger.run(words, environment: home.environment)
      #expect(result.errorLines.contains { $0.hasPrefix("ledger: ") }, "\(result)")
      return result.status
    }
    let (rows, map) = try files(home)
    #expect(try status("import", home.directory + "/none") == 64)
    #expect(try status("import", rows) == 65)
    #expect(try status("import", rows, "--map", rows) == 65)
    let newer = #"{"export":"ledger","format":2}"#
    #expect(try status("import", try home.file("newer.ndjson", newer)) == 78)
    let unknown = #"{"row_id":"a","account":"b","provider":"c","colour":"d"}"#
    #expect(try status("import", rows, "--map", try home.file("u.json", unknown)) == 65)
    #expect(!FileManager.default.fileExists(atPath: home.path + "/log"))
    #expect(try home.ledger("grant", "acme", "5").status == 0)
    let export = try home.file("books.ndjson", try home.ledger("export").output)
    #expect(try status("import", export) == 2)
    let open = try home.file("open.csv", "id,user,prediction,state,paid,scene\n1,\"u")
    #expect(try status("import", open, "--map", map) == 65)
  }

  @Test(
    "an example map reads a row of its table",
    arguments: [
      (
        "import-map-fal-templates.json", "fal",
        "id,user_id,model_endpoint,fal_request_id,status,credits_charged\n9,u1,m,r9,completed,4\n"
      ),
      (
        "import-map-lip-sync.json", "replicate",
        #"{"id":9,"account_id":"u1","backend":"replicate-lipsync","state":"error","#
          + #""prediction":{"id":"p9","version":"v"},"price_due":0}"#
      ),
    ])
  func examples(_ file: String, _ provider: String, _ row: String) throws {
    let home = try CommandHome()
    let folder = Schemas.folder.deletingLastPathComponent()
    let map = try String(contentsOf: folder.appending(path: "examples/\(file)"), encoding: .utf8)
    let lines = try home.json(
      "import", try home.file("rows", row), "--map", try home.file("map.json", map), "--dry-run")
    let isKnown = try home.json("provider", "list").contains { $0.text.contains("\"\(provider)\"") }
    #expect(lines.first?["outcome"] == (isKnown ? "tracked" : "problem"), "\(lines)")
    // The schema names what the reader takes, and no more.
    let bytes = Array(try Data(contentsOf: folder.appending(path: "import-map.schema.json")))
    let names = Set(try JSON(parsing: bytes)["properties"]?.object?.members.map(\.name) ?? [])
    let used = Set(try JSON(parsing: map).object?.members.map(\.name) ?? [])
    #expect(used.isSubset(of: names))
  }
}
