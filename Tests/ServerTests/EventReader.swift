// A client of a stream of events, one message at a time.

import Support
import Wire

final class EventReader {
  let head: WebReply
  private let connection: WebConnection
  private var parser = EventStreamParser()
  private var waiting: [ServerSentEvent] = []
  /// All bytes of the stream so far.
  private(set) var bytes: [UInt8] = []

  init(
    port: Int, _ target: String, _ fields: [String: String], receiveBytes: Int32 = 0
  ) throws {
    connection = try WebConnection(port: port, receiveBytes: receiveBytes)
    connection.send("GET", target, fields)
    guard let head = try connection.head() else {
      throw WebError(description: "closed without an answer")
    }
    self.head = head
  }

  /// The next message; nil when the stream is at its end.
  func next() throws -> ServerSentEvent? {
    while waiting.isEmpty {
      guard let chunk = try connection.chunk() else { return nil }
      bytes += chunk
      waiting += try parser.feed(chunk)
    }
    return waiting.removeFirst()
  }

  /// The stream's end was sent, not only its connection's.
  var isWhole: Bool { connection.isWhole }

  /// The next `count` messages, fewer at the end.
  func next(_ count: Int) throws -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    while events.count < count, let event = try next() { events.append(event) }
    return events
  }

  /// All up to the end.
  func rest() throws -> [ServerSentEvent] { try next(.max) }
}

extension ServerSentEvent {
  var json: JSON { (try? JSON(parsing: Array(data.utf8))) ?? .null }
  var position: Int { Int(id) ?? 0 }
}
