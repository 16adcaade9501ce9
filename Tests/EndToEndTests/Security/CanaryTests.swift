// Secrets in every place that has one, a whole life lived with them, and then a search: none may
// be found in the home, in a backup, in what anybody was told, in a log or in the process list.

import Foundation
import Glibc
import Support
import Testing
import Wire

@Suite("Secrets stay where they belong") struct CanaryTests {
  @Test("a whole run leaves no secret anywhere but in the file that is for it")
  func wholeRun() throws {
    let stage = try CanaryStage()
    let ended = try lives(stage)
    #expect(ended == ["good": "succeeded", "bad": "failed"])
    try browser(stage)
    try refusals(stage)
    try stage.lookAtProcesses()
    commands(stage)
    stage.finish()
    commands(stage)

    let export = stage.said.first { $0.place == "ledger export" }?.text ?? ""
    #expect(export.contains("job.stored") && export.contains(#""verified":true"#), "all took part")
    #expect(
      stage.files.contains { $0.hasPrefix("copy/") })
    for (name, secret) in stage.secrets {
      #expect(secret.utf8.count >= 8)
      for form in forms(of: secret) { #expect(stage.places(of: form) == [], "\(name)") }
    }
    // The search finds what is there: a word that is no secret.
    #expect(stage.places(of: "a cat called good").contains("ledger export"))
    // A receiver's address may hold a key of its own: it stands where hooks do, and in their copy.
    let inAddress = Set(stage.places(of: "canary-in-hook-url"))
    #expect(inAddress.isSubset(of: ["books/config.json", "copy/config.json"]), "\(inAddress)")
  }

  /// As it is, in Base64, hexadecimal and percent-encoding.
  private func forms(of secret: String) -> Set<String> {
    let encoded = secret.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? secret
    return [
      secret, encoded, Base64.encode(Array(secret.utf8)), Hex.text(Array(secret.utf8)),
    ]
  }

  /// Two jobs to their ends, told by polls and webhooks, one stored.
  private func lives(_ stage: CanaryStage) throws -> [String: String] {
    let inputs = [
      "good": #"{"prompt":"a cat called good"}"#,
      "bad": #"{"prompt":"a cat","simulate":{"outcome":"failed"}}"#,
    ]
    for (id, input) in inputs {
      stage.run(
        "submit", "--provider", "replicate", "--model", "owner/name", "--account", "acme",
        "--hold", "2", "--id", id, "--input", input)
    }
    // Its token is in a file; the provider is there, the model is not.
    stage.run(
      "submit", "--provider", "fal", "--model", "fal-ai/any", "--account", "acme", "--hold", "1",
      "--id", "third", "--input", "{}")
    var states: [String: String] = [:]
    for _ in 0..<600 where states.count < inputs.count {
      for id in inputs.keys where states[id] == nil {
        let state = try stage.home.json("status", id).first?["state"]?.string ?? ""
        if ["succeeded", "failed", "canceled", "parked"].contains(state) { states[id] = state }
      }
      usleep(50_000)
    }
    return states
  }

  /// A session, a ticket, a stream.
  private func browser(_ stage: CanaryStage) throws {
    let token = stage.secrets["token"] ?? ""
    let opened = try stage.ask("POST", "/v1/sessions", [:], ["token": .string(token)])
    let cookie = try #require(opened.field("set-cookie")?.prefix { $0 != ";" })
    stage.keep(String(cookie.drop { $0 != "=" }.dropFirst()), as: "cookie")
    let connection = try WebConnection(port: stage.port)
    connection.send("POST", "/v1/stream-tickets", stage.bearer, body: [])
    let made = try connection.reply(to: "POST")
    let ticket = try #require(made.json["ticket"]?.string)
    stage.keep(ticket, as: "ticket")
    let stream = try WebConnection(port: stage.port)
    let target = "/v1/jobs/good/events?after=0&ticket=\(ticket)"
    stream.send("GET", target, ["Accept": "text/event-stream"])
    stage.hear("the stream", try stream.reply())
    try stage.ask("GET", "/v1/sessions", ["Cookie": String(cookie)])
    for path in [
      "/v1/jobs", "/v1/jobs/good", "/v1/jobs/bad/explain", "/v1/events", "/v1/accounts/acme",
      "/v1/incidents", "/v1/audit", "/metrics", "/readyz", "/livez", "/v1/jobs/good/timeline",
    ] { try stage.ask("GET", path, stage.bearer) }
    // Used already: refused, and not repeated.
    try stage.ask("GET", target, ["Accept": "text/event-stream"])
    try stage.ask("DELETE", "/v1/sessions", ["Cookie": String(cookie)])
  }

  /// Secrets at the wrong door.
  private func refusals(_ stage: CanaryStage) throws {
    let token = stage.secrets["token"] ?? ""
    for fields in [
      ["Authorization": "Basic \(token)"], ["Authorization": "Bearer \(token)x"],
      ["Cookie": "ledger_session=\(token)"], ["Authorization": token],
    ] { try stage.ask("GET", "/v1/jobs", fields) }
    let words = JSON.string(token)
    for body: JSON in [
      ["token": [words]], ["tokens": words], ["token": words, "x": words], [words],
    ] { try stage.ask("POST", "/v1/sessions", [:], body) }
    try stage.ask(
      "POST", "/v1/webhooks/replicate", ["webhook-signature": "v1,AAAA", "webhook-id": "m"],
      ["id": "nobody"])
    try stage.ask("GET", "/v1/jobs?ticket=\(token)", stage.bearer)
    try stage.ask("GET", "/v1/events?ticket=\(token)", ["Accept": "text/event-stream"])
  }

  /// All that show or copy something.
  private func commands(_ stage: CanaryStage) {
    let directory = stage.home.directory
    let reply = #"{"status":200,"headers":{},"body":{"id":"p","status":"succeeded","output":"x"}}"#
    let file = (try? stage.home.file("reply.json", reply)) ?? ""
    let body = (try? stage.home.file("body.json", #"{"id":"p","status":"failed"}"#)) ?? ""
    let headers =
      (try? stage.home.file("headers.txt", "webhook-id: m\nwebhook-signature: x\n")) ?? ""
    for words in [
      ["status"], ["status", "good"], ["status", "--summary"], ["events"], ["timeline", "good"],
      ["explain", "bad"], ["explain", "third"], ["incidents"], ["find", "cat"], ["balance"],
      ["statement", "acme"], ["accounts"], ["audit"], ["verify"], ["doctor"], ["export"],
      ["export", "--format", "csv"], ["config", "list"], ["config", "get", "store"],
      ["hook", "list"], ["hook", "resend", "app"], ["token", "list"], ["provider", "list"],
      ["provider", "show", "replicate"],
      ["provider", "try", "replicate", "--phase", "status", "--reply", file],
      ["webhook", "ingest", "--provider", "replicate", "--headers", headers, "--body", body],
      ["check", "third"], ["replay", "--check"], ["checkpoint"], ["backup", "\(directory)/copy"],
      ["submit", "--provider", "nobody"], ["poll", "--once"], ["token", "create", "web"],
    ] {
      stage.run(words)
    }
  }
}
