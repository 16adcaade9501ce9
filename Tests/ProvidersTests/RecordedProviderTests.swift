// Recorded and documented replies of every provider, when LEDGER_RECORDINGS names their folder.
// What is expected is derived here from the raw reply, without a profile.

import Foundation
import Ledger
import Providers
import Testing
import Wire

@Suite("Recorded replies of all providers")
struct RecordedProviderTests {
  struct Exchange: CustomTestStringConvertible, Sendable {
    let folder: String
    let file: String
    let index: Int
    let method: String
    let url: String
    let reply: JSON

    var testDescription: String { "\(folder)/\(file) #\(index) \(method)" }
    var body: JSON { reply["body"] ?? nil }
    var status: Int { reply["status"]?.int ?? 0 }

    var phase: RequestPhase {
      if method == "PUT" || url.hasSuffix("/cancel") { return .cancel }
      return method == "POST" ? .submit : .status
    }
  }

  /// Folders whose profile has another name.
  private static let profiles = ["veo": "google-veo", "byteplus": "byteplus-ark"]

  private static func profile(_ folder: String) throws -> Profile {
    let name = profiles[folder] ?? folder
    if ProfileRegistry().names.contains(name) { return try Fixture.builtIn(name) }
    return try ExampleProfileTests.profile(name)
  }

  static let root = ProcessInfo.processInfo.environment["LEDGER_RECORDINGS"].map {
    URL(filePath: $0)
  }

  private static func list(_ url: URL) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []).sorted()
  }

  static let exchanges: [Exchange] = {
    guard let root else { return [] }
    return list(root).filter { $0 != "replicate" }.flatMap { folder -> [Exchange] in
      list(root.appending(path: folder)).flatMap { file -> [Exchange] in
        let place = root.appending(path: folder).appending(path: file)
        guard let data = try? Data(contentsOf: place),
          let json = try? JSON(parsing: Array(data))
        else { return [] }
        // A callback whose body is the provider's own status object reads as one.
        if folder == "byteplus", let body = json["webhook"]?["body"] {
          return [
            Exchange(
              folder: folder, file: file, index: 0, method: "GET", url: "",
              reply: ["status": 200, "body": body])
          ]
        }
        return (json["exchanges"]?.array ?? []).enumerated().map { index, exchange in
          Exchange(
            folder: folder, file: file, index: index,
            method: exchange["request"]?["method"]?.string ?? "",
            url: exchange["request"]?["url"]?.string ?? "",
            reply: exchange["response"] ?? nil)
        }
      }
    }
  }()

  /// The state by the raw words of all five APIs; nil where the reply holds none.
  private func state(_ body: JSON) -> Reading? {
    if let done = body["done"]?.bool { return done ? .succeeded : .pending }
    guard let word = (body["status"] ?? body["tasks"]?.array?.first?["status"])?.string else {
      return nil
    }
    switch word.lowercased() {
    case "completed" where body["error"]?.string != nil, "failed", "error": return .failed
    // A queue's end without an output of its own: the result is still to be fetched.
    case "completed" where body["video"] == nil: return .pending
    case "completed", "succeeded": return .succeeded
    case "in_queue", "in_progress", "queued", "running": return .pending
    default: return nil
    }
  }

  private func url(_ body: JSON) -> String? {
    (body["video"]?["url"] ?? body["content"]?["video_url"])?.string
  }

  @Test("every recorded exchange is read as its raw body says", arguments: exchanges)
  func reads(_ exchange: Exchange) throws {
    let profile = try RecordedProviderTests.profile(exchange.folder)
    let body = exchange.body
    let reply = try TryReply.read(exchange.reply.bytes)
    let reading = profile.read(exchange.phase, reply, for: .job())
    switch exchange.phase {
    case .cancel:
      let answers: [Int: CancelAnswer] = [202: .accepted, 400: .tooLate, 404: .unknown]
      #expect(reading.cancelAnswer == answers[exchange.status])
      #expect(!reading.isVerdict)
    case .submit where exchange.status >= 400:
      #expect(reading.isTransient)
      #expect(reading.proof == .notAccepted(.retry))
      #expect(reading.error == body["detail"]?.string)
    case .submit:
      #expect(reading.proof == .accepted)
      #expect(reading.externalID == (body["request_id"] ?? body["id"])?.string)
      #expect(reading.state == state(body) ?? .pending)
      #expect(reading.followUp.statusURL == body["status_url"]?.string)
      #expect(reading.followUp.cancelURL == body["cancel_url"]?.string)
      #expect(reading.followUp.resultURL == body["response_url"]?.string)
    default:
      #expect(reading.state == state(body))
      #expect(reading.error == body["error"]?.string)
      #expect(reading.outputs.map(\.url) == (reading.state == .succeeded ? [url(body)] : []))
      if exchange.folder == "fal" {
        let isFinished = body["status"]?.string == "COMPLETED" && reading.state == .pending
        #expect(reading.mustFetchResult == isFinished)
      }
    }
    #expect(reading.queuePosition == body["queue_position"]?.int)
  }
}
