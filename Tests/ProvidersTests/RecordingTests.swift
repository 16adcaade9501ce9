// Recorded replies of the real API, when LEDGER_RECORDINGS names their folder. What is expected is
// derived here from the raw reply, without the profile.

import Foundation
import Ledger
import Providers
import Testing
import Wire

@Suite("Recorded replies")
struct RecordingTests {
  struct Exchange: CustomTestStringConvertible, Sendable {
    let file: String
    let index: Int
    let method: String
    let path: String
    let sent: JSON
    let reply: JSON

    var testDescription: String { "\(file) #\(index) \(method) \(path)" }

    /// Nil for requests that are none of a job's (lists, trainings).
    var phase: RequestPhase? {
      if path.hasSuffix("/cancel") { return .cancel }
      if method == "POST" { return .submit }
      return path.contains("/predictions/") || path.contains("/trainings/") ? .status : nil
    }
  }

  static let exchanges: [Exchange] = {
    guard let folder = ProcessInfo.processInfo.environment["LEDGER_RECORDINGS"] else { return [] }
    let root = URL(filePath: folder).appending(path: "replicate")
    let files = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
    return files.sorted().flatMap { file -> [Exchange] in
      guard let data = try? Data(contentsOf: root.appending(path: file)),
        let json = try? JSON(parsing: Array(data))
      else { return [] }
      return (json["exchanges"]?.array ?? []).enumerated().map { index, exchange in
        let request = exchange["request"]
        let url = request?["url"]?.string ?? ""
        return Exchange(
          file: file, index: index, method: request?["method"]?.string ?? "",
          path: url.replacing("https://api.replicate.com/v1", with: ""),
          sent: request?["body"] ?? nil, reply: exchange["response"] ?? nil)
      }
    }
  }()

  /// The whole number before the last "%|" of a log, by hand.
  private func lastPercent(_ log: String) -> Int? {
    guard let end = log.range(of: "%|", options: .backwards)?.lowerBound else { return nil }
    return Int(String(log[..<end].reversed().prefix { $0.isNumber }.reversed()))
  }

  @Test(
    "every recorded exchange is read as its raw body says",
    arguments: exchanges.filter { $0.phase != nil })
  func reads(_ exchange: Exchange) throws {
    let phase = try #require(exchange.phase)
    let profile = try Fixture.builtIn("replicate")
    let reply = try TryReply.read(exchange.reply.bytes)
    let reading = profile.read(phase, reply, for: .job())
    let body = exchange.reply["body"] ?? nil
    guard (200...299).contains(reply.status) else {
      #expect(!reading.isVerdict)
      #expect(reading.error == body["detail"]?.string)
      #expect(reading.retryAfterSeconds == body["retry_after"]?.int)
      #expect(reading.proof == (reply.status == 429 ? .notAccepted(.retry) : .accountProblem))
      #expect(reading.isTransient == (reply.status == 429))
      return
    }
    let word = try #require(body["status"]?.string)
    #expect(reading.word == word)
    let states: [String: Reading] = [
      "starting": .pending, "processing": .pending, "succeeded": .succeeded, "failed": .failed,
      "canceled": .canceled,
    ]
    #expect(reading.state == states[word])
    #expect(reading.externalID == body["id"]?.string)
    #expect(reading.followUp.statusURL == body["urls"]?["get"]?.string)
    #expect(reading.followUp.cancelURL == body["urls"]?["cancel"]?.string)
    #expect(reading.followUp.streamURL == body["urls"]?["stream"]?.string)
    #expect(reading.error == body["error"]?.string)
    #expect(reading.progress == lastPercent(body["logs"]?.string ?? "").map { $0 * 10_000 })
    let output = body["output"]?.array?.compactMap(\.string) ?? []
    #expect(reading.outputs.map(\.url) == (word == "succeeded" ? output : []))
    if phase == .submit { #expect(reading.proof == .accepted) }
    #expect(reading.warnings.isEmpty)
  }

  static let submits = exchanges.filter { exchange in
    exchange.phase == .submit && exchange.path.hasSuffix("/predictions") && !exchange.sent.isNull
  }

  @Test("the profile sends the submit that was recorded", arguments: submits)
  func requests(_ exchange: Exchange) throws {
    let parts = exchange.path.split(separator: "/")
    let model = parts.count == 1 ? exchange.sent["version"]?.string : "\(parts[1])/\(parts[2])"
    let made = try Fixture.builtIn("replicate").request(
      .submit, for: .job(model: model, input: exchange.sent["input"]), secrets: secrets)
    #expect(made.url.path == "/v1" + exchange.path)
    let body = try JSON(parsing: try #require(made.body))
    #expect(body.canonicalBytes == exchange.sent.canonicalBytes)
  }
}
