// The receiving end of one stream of events.

import HTTP
import Posix
import Wire

/// Parses what comes and keeps it until the poller looks. Belongs to the poller's thread.
final class StreamSink: BodySink {
  /// Data of one event, bytes.
  static let eventBytesMax = 1 << 20
  /// All that one connection may bring, bytes; then it is made anew.
  static let totalBytesMax = 256 << 20

  private var parser: EventStreamParser
  private var events: [ServerSentEvent] = []
  /// The header said that events follow.
  private(set) var isOpen = false
  /// Why the reply is no stream.
  private(set) var refusal: String?
  /// The stream broke a bound.
  private(set) var isBroken = false
  /// When the last byte came, microseconds since boot.
  private(set) var heardAt = Clock.bootMicroseconds()

  init() {
    parser = EventStreamParser(
      lineBytesMax: StreamSink.eventBytesMax, eventBytesMax: StreamSink.eventBytesMax)
  }

  var lastEventID: String { parser.lastEventID }
  var retrySeconds: Double? { parser.retryMilliseconds.map { Double($0) / 1000 } }

  func begin(status: Int, headers: HTTPHeaders) -> Bool {
    heardAt = Clock.bootMicroseconds()
    let type = (headers["Content-Type"] ?? "").prefix { $0 != ";" && $0 != " " }.lowercased()
    // 204 tells clients to stop (WHATWG HTML 9.2.3).
    if status != 200 {
      refusal = "HTTP \(status)"
    } else if type != "text/event-stream" {
      refusal = "the reply is \(type.isEmpty ? "of no type" : String(type.prefix(64))), no stream"
    }
    isOpen = refusal == nil
    return isOpen
  }

  func receive(_ piece: RawSpan) -> BodySinkAnswer {
    heardAt = Clock.bootMicroseconds()
    do {
      let more = try parser.feed(piece.array)
      events += more
      return more.isEmpty ? .more : .look
    } catch {
      isBroken = true
      return .stop
    }
  }

  /// The events since the last call.
  func take() -> [ServerSentEvent] {
    defer { events = [] }
    return events
  }
}
