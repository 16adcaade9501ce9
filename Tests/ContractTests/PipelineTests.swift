// `submit --steps` and `track --step`: what is taken, what is refused and how, and what the reading
// commands show.

import Foundation
import Support
import Testing
import Wire

@Suite("Pipelines from the command line") struct PipelineCommandTests {
  private static let example = Schemas.folder.deletingLastPathComponent()
    .appending(path: "examples/pipeline-image-then-video.json")

  private func submit(_ home: CommandHome, _ steps: String, _ more: String...) throws
    -> BinaryResult
  {
    let path = try home.file("steps.json", steps)
    return try Binary.ledger.run(
      ["--json", "submit", "--steps", path, "--account", "acme", "--hold", "5"] + more,
      environment: home.environment)
  }

  @Test("the example is taken; status, events and timeline show its steps by their schemas")
  func taken() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "10")
    let text = try String(contentsOf: PipelineCommandTests.example, encoding: .utf8)
    let folder = Schemas.folder.deletingLastPathComponent()
    let schema = try Data(contentsOf: folder.appending(path: "pipeline.schema.json"))
    let check = SchemaCheck(try JSON(parsing: Array(schema)))
    #expect(check.problems(of: try JSON(parsing: text)) == [])
    #expect(!check.problems(of: []).isEmpty && !check.problems(of: [["input": 1]]).isEmpty)
    let receipt = try submit(home, text, "--id", "j1")
    #expect(receipt.status == 0, "\(receipt.error)")
    try Schemas.expect(try JSON(parsing: try #require(receipt.lines.first)), fits: "receipt")
    let status = try #require(try home.json("status", "j1").first)
    try Schemas.expect(status, fits: "status")
    #expect(status["model"] == "acme/image" && status["stage"] == "step 1 of 2")
    let steps = try #require(status["steps"]?.array)
    #expect(steps.map { $0["model"] } == ["acme/image", "acme/video"])
    #expect(steps.map { $0["state"] } == ["submitted", "waiting"])
    #expect(steps.map { $0["share"] } == ["2", "3"])
    let submitted = try #require(try home.json("events", "--type", "job.submitted").first)
    #expect(submitted["data"]?["steps"] == 2 && submitted["data"]?["shares"] == ["2", "3"])
    #expect(submitted["data"]?["plan"]?.array?.count == 2)
    let row = try #require(try home.json("timeline", "j1").first)
    try Schemas.expect(row, fits: "timeline-row")
    #expect(try home.ledger("status", "j1").output.contains("step 1 of 2"))
    let again = try JSON(parsing: try #require(submit(home, text, "--id", "j1").lines.first))
    #expect(again["repeated"] == true)
  }

  @Test("without shares the hold is the last step's; an alias becomes the provider's name")
  func defaults() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "10")
    let steps = #"""
      [{"provider":"master-mode","input":{}},
       {"provider":"replicate","model":"a/b","input":{"v":"{{steps.0.outputs.0.url}}"}}]
      """#
    #expect(try submit(home, steps, "--id", "j1").status == 0)
    let status = try #require(try home.json("status", "j1").first)
    #expect(status["provider"] == "self-hosted")
    #expect(status["steps"]?.array?.map { $0["share"] } == ["0", "5"])
  }

  @Test(
    "a file that is wrong is a wrong command line, named by its place",
    arguments: [
      (#"[{"provider":"replicate"}]"#, "/0/input"), (#"{"steps":[]}"#, "list of 1 to 16"),
      (#"[{"provider":"replicat","input":{}}]"#, "/0/provider"), ("[", "--steps is"),
      (
        #"[{"provider":"replicate","input":{"a":"{{steps.0.outputs.0.url}}"}}]"#,
        "/0/input/a"
      ),
      (#"[{"provider":"replicate","input":{},"share":"4"}]"#, "add up to 4"),
    ])
  func wrong(_ steps: String, _ words: String) throws {
    let home = try CommandHome()
    let result = try submit(home, steps)
    #expect(result.status == 64, "\(result)")
    let error = try JSON(parsing: try #require(result.errorLines.last))["error"]
    #expect(error?["message"]?.string?.contains(words) == true, "\(result.error)")
    #expect(try home.ledger("status").status == 78, "nothing was written")
  }

  @Test(
    "what a pipeline names itself is not named beside it",
    arguments: [["--provider", "replicate"], ["--model", "a/b"], ["--input", "{}"]])
  func together(_ words: [String]) throws {
    let home = try CommandHome()
    let path = try home.file("steps.json", "[]")
    let result = try Binary.ledger.run(
      ["submit", "--steps", path, "--account", "acme", "--hold", "5"] + words,
      environment: home.environment)
    #expect(result.status == 64 && result.error.contains("cannot be given together"))
  }

  @Test("the middle of a pipeline is adopted with the plan of what follows")
  func track() throws {
    let home = try CommandHome()
    _ = try home.ledger("grant", "acme", "10")
    func track(_ step: String, _ steps: String?, _ more: String...) throws -> BinaryResult {
      let path = try steps.map { try home.file("rest.json", $0) }
      return try Binary.ledger.run(
        [
          "--json", "track", "--provider", "replicate", "--external-id", "x1", "--account", "acme",
          "--hold", "5", "--id", "t1", "--step", step,
        ] + (path.map { ["--steps", $0] } ?? []) + more, environment: home.environment)
    }
    let done = #"{"provider":"self-hosted"},{"provider":"replicate","model":"a/image"}"#
    func plan(_ name: String) -> String {
      #"[\#(done),{"provider":"replicate","model":"a/video","input":{"v":"{{\#(name)}}"}}]"#
    }
    #expect(try track("2/3", nil).status == 64, "what follows is not known")
    let blind = try track("2/3", plan("steps.0.outputs.0.url"))
    #expect(blind.status == 64 && blind.error.contains("not known"), "\(blind.error)")
    #expect(try track("2/2", plan("steps.1.outputs.0.url")).status == 64, "3 steps, not 2")
    #expect(try track("1/3", plan("steps.1.outputs.0.url")).status == 64, "another provider")
    let other = try track("2/3", plan("steps.1.outputs.0.url"), "--model", "a/other")
    #expect(other.status == 64, "another model")
    let taken = try track("2/3", plan("steps.1.outputs.0.url"))
    #expect(taken.status == 0, "\(taken.error)")
    let status = try #require(try home.json("status", "t1").first)
    try Schemas.expect(status, fits: "status")
    #expect(status["model"] == "a/image" && status["stage"] == "step 2 of 3")
    let steps = try #require(status["steps"]?.array)
    #expect(steps.map { $0["state"] } == ["succeeded", "dispatched", "waiting"])
    #expect(steps.map { $0["external_id"] } == [nil, "x1", nil] as [JSON])
    #expect(steps[0]["provider"] == "self-hosted")
  }
}
