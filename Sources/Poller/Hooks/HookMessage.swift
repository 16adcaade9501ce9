// One message to a hook: what it says, its name, and its signature (Standard Webhooks,
// github.com/standard-webhooks/standard-webhooks, "Webhook Metadata").

import HTTP
import Ledger
import Wire

/// A message about one event.
struct HookMessage {
  /// A longer message leaves the job out, and the receiver asks for it: bytes.
  static let bodyBytesMax = 16 << 20
  /// Of an answer, bytes; nobody reads it.
  private static let answerBytesMax = 64 << 10

  /// The same for every attempt and every repetition; another one in another history, where the
  /// position names another event.
  let id: String
  let body: [UInt8]

  /// - Returns: nil when the log has no such event any more.
  init?(_ position: Position, _ snapshot: inout Snapshot, now: Timestamp) throws {
    guard let event = try snapshot.log.event(at: position),
      case .object(var data) = try snapshot.json(event)
    else { return nil }
    let ledger = Hex.text(Array(try snapshot.log.meta().ledgerID.prefix(8)))
    id = "evt_\(ledger)_\(position)_\(Hex.text(Array(event.hash.bytes.prefix(4))))"
    data["job"] = try snapshot.status(event.subject, now: now)?.json ?? .null
    let whole = HookMessage.body(event, data)
    if whole.count > HookMessage.bodyBytesMax {
      data["job"] = .null
      body = HookMessage.body(event, data)
    } else {
      body = whole
    }
  }

  func request(
    to hook: Hook, _ secret: HookSecret, _ pace: HookPace, now: Timestamp
  ) -> HTTPRequest {
    let seconds = now.microseconds / 1_000_000
    let headers: HTTPHeaders = [
      "Content-Type": "application/json", "webhook-id": id, "webhook-timestamp": "\(seconds)",
      "webhook-signature": secret.signature(id: id, seconds: seconds, body: body),
    ]
    return HTTPRequest(
      .post, hook.url, headers: headers, body: body,
      connectTimeoutSeconds: min(10, pace.timeoutSeconds), totalTimeoutSeconds: pace.timeoutSeconds,
      maxResponseBytes: HookMessage.answerBytesMax)
  }

  private static func body(_ event: RecordedEvent, _ data: JSONObject) -> [UInt8] {
    let message: JSON = [
      "type": .string(event.event.type.name), "timestamp": .time(event.time),
      "data": .object(data),
    ]
    return message.bytes
  }
}
