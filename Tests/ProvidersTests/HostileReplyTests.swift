// Mutated replies: nothing crashes, and no verdict appears that the words do not justify.

import Ledger
import Providers
import Testing
import Wire

@Suite("Hostile replies")
struct HostileReplyTests {
  static let replies: [JSON] = [
    [
      "id": "p1", "status": "processing", "output": ["https://a.b/c.png"], "error": nil,
      "logs": "10%|# | 5/50\n 38%|##| 19/50", "data_removed": false,
      "metrics": ["t": .number("1.5")],
      "urls": ["get": "https://api.replicate.com/v1/predictions/p1"],
    ],
    ["id": "p1", "status": "succeeded", "output": "https://a.b/c.mp4", "data_removed": false],
    ["id": "p1", "status": "failed", "error": "NSFW (E005)", "output": nil],
    ["id": "p1", "status": "canceled"], ["detail": [["loc": ["a"], "msg": "b"]]],
  ]

  /// The verdict the status word alone justifies, read from the body without any profile.
  static func justified(_ body: JSON) -> Set<Reading> {
    switch body["status"]?.string {
    case "succeeded": [.succeeded, .failed]  // failed: no_output or gone
    case "failed", "aborted": [.failed]
    case "canceled": [.canceled]
    default: []
    }
  }

  @Test("a mutated reply never gives a verdict its word does not justify")
  func mutatedValues() throws {
    let profile = try Fixture.builtIn("replicate")
    var random = SeededRandom()
    for _ in 0..<4000 {
      var body = HostileReplyTests.replies.randomElement(using: &random) ?? [:]
      for _ in 0..<Int.random(in: 1...5, using: &random) { body = body.mutated(using: &random) }
      let status =
        [200, 200, 201, 202, 404, 410, 401, 500, 304].randomElement(using: &random) ?? 200
      let phase = [RequestPhase.status, .cancel, .submit].randomElement(using: &random) ?? .status
      let reading = profile.reading(phase, status, body)
      guard reading.isVerdict else { continue }
      if phase == .submit, reading.proof == .notAccepted(.final) {
        #expect([400, 403, 404, 422].contains(status), "\(body.text) \(random)")
        continue
      }
      #expect((200...299).contains(status), "\(status) \(body.text) \(random)")
      #expect(
        HostileReplyTests.justified(body).contains(reading.state),
        "\(phase) \(body.text) → \(reading.state) \(random)")
    }
  }

  @Test("flipped, cut and repeated bytes never crash and never make a verdict out of a broken body")
  func mutatedBytes() throws {
    let profile = try Fixture.builtIn("replicate")
    var random = SeededRandom()
    for _ in 0..<4000 {
      var bytes = (HostileReplyTests.replies.randomElement(using: &random) ?? [:]).bytes
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes.removeLast(Int.random(in: 0...bytes.count, using: &random))
      case 1: bytes += bytes
      default:
        for _ in 0..<3 {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(
            in: 0...255, using: &random)
        }
      }
      let reply = Reply(status: 200, body: bytes)
      let reading = profile.read(.status, reply, for: .job())
      guard reading.isVerdict else { continue }
      let body = try JSON(parsing: bytes)  // a verdict out of no JSON fails the test here
      let word = body["status"]?.string.map { JSON.string($0.lowercased()) } ?? nil
      #expect(
        HostileReplyTests.justified(["status": word]).contains(reading.state),
        "\(body.text) \(random)")
    }
  }

  @Test("random bytes are never a verdict", arguments: RequestPhase.allCases)
  func noise(_ phase: RequestPhase) throws {
    let profile = try Fixture.profile(Fixture.queue)
    var random = SeededRandom()
    for _ in 0..<300 {
      let count = Int.random(in: 0..<64, using: &random)
      let body = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      guard (try? JSON(parsing: body)) == nil else { continue }
      let reading = profile.read(phase, Reply(status: 200, body: body), for: .job())
      #expect(!reading.isVerdict, "\(body) \(random)")
    }
  }
}
