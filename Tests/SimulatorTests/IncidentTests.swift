// The table of incidents, and what the simulator shows of what its providers said.
import Support
import Testing
import Wire

@testable import Simulator

@Suite("Incidents")
struct IncidentTests {
  @Test("every diagnosis has one, once")
  func complete() {
    let codes = Diagnoses.codes
    #expect(Set(Incident.all.map(\.code)) == codes && Incident.all.count == codes.count)
    #expect(Incident.named("status_404")?.code == "STATUS_404")
    #expect(Incident.all.allSatisfy { $0.about.count <= 46 })
  }

  @Test(
    "the id told beforehand is the one that the provider gives",
    arguments: [
      ("fal", "/fal-ai/flux/dev", "Key a:b"), ("higgsfield", "/soul/standard", "Key a:b"),
      ("replicate", "/v1/models/owner/name/predictions", "Bearer x"),
    ])
  func foretold(_ provider: String, _ path: String, _ credential: String) throws {
    var options = SimulatorOptions(seed: 9)
    options.providers = [provider]
    let simulator = try Simulator.start(options, clock: .still())
    let stage = IncidentStage(
      address: simulator.address, directory: "/nowhere", options: options)
    let body = #"{"input":{"prompt":"x"},"prompt":"x"}"#
    let received = try simulator.open(
      "POST", path, bytes: Array(body.utf8), headers: ["Authorization": credential]
    ).read()
    let id = try #require(try received?.json[stage.provider.fields.id]?.string)
    #expect(stage.id(of: path, body) == id)
    #expect(stage.id(of: path, #"{"input":{"prompt":"y"},"prompt":"y"}"#) != id)
  }

  @Test("a message is kept as it was sent, also where nobody took it; until then it is a 503")
  func webhooks() throws {
    let clock = SimulatorClock.still()
    let simulator = try Simulator.start(
      SimulatorOptions(pace: Incident.pace(2)), clock: clock)
    let place = "/_simulator/webhooks/completed/1/"
    #expect(try simulator.send("GET", place + "body").status == 503)
    let body: JSON = [
      "version": "owner/name", "input": [:], "webhook": "https://elsewhere.example/hook",
      "webhook_events_filter": ["completed"],
    ]
    let id = try simulator.open("POST", "/v1/predictions", body: body).read()?.json["id"]
    clock.advance(seconds: 3)
    var message = try simulator.send("GET", place + "body")
    while message.status == 503 { message = try simulator.send("GET", place + "body") }
    #expect(try message.json["id"] == id && message.json["status"] == "succeeded")
    let headers = try simulator.send("GET", place + "headers").text
    #expect(headers.contains("webhook-signature: v1,"), "\(headers)")
    #expect(try simulator.send("GET", "/_simulator/webhooks/completed/2/body").status == 503)
    #expect(try simulator.send("GET", "/_simulator/webhooks/completed/x").status == 404)
    let list = try simulator.send("GET", "/_simulator/webhooks").json["webhooks"]?.array
    #expect(list?.map { $0["url"] } == ["https://elsewhere.example/hook"])
  }

  @Test("the invoice has a line for each job that is billed, and none for the others")
  func invoice() throws {
    let clock = SimulatorClock.still()
    let simulator = try Simulator.start(
      SimulatorOptions(pace: Incident.pace(2)), clock: clock)
    for outcome in ["succeeded", "aborted"] {
      let body: JSON = [
        "version": "owner/name", "input": ["simulate": ["outcome": .string(outcome)]],
      ]
      #expect(try simulator.open("POST", "/v1/predictions", body: body).read()?.status == 201)
    }
    clock.advance(seconds: 3)
    let text = try simulator.send("GET", "/_simulator/invoice.csv").text
    let lines = text.split(separator: "\r\n")
    #expect(lines.count == 2 && lines[0] == "provider,id,billed_at,quantity,unit", "\(text)")
    #expect(lines[1].hasPrefix("replicate,") && lines[1].hasSuffix(",seconds"), "\(text)")
  }

  @Test("lines to copy keep to the columns, and read back as the same words")
  func shell() {
    let words = ["ledger", "submit", "--input", #"{"a":"it's"}"#, "--id", "x", "--hold", "5"]
    let lines = ShellText.lines(words.map(ShellText.quoted), columns: 30)
    #expect(
      lines == [
        "ledger submit --input \\", #"  '{"a":"it'\''s"}' --id x \"#, "  --hold 5",
      ])
  }
}
