// Server-sent events from bytes as they come: the WHATWG HTML standard, 9.2.5 "Parsing an event
// stream" and 9.2.6 "Interpreting an event stream". Pure; a chunk may end anywhere.

/// One event as it was dispatched.
package struct ServerSentEvent: Sendable, Equatable {
  /// `message` where the stream named none.
  package var name: String
  /// The `data` lines, joined by line feeds.
  package var data: String
  /// The last `id` seen up to here; empty: none.
  package var id: String

  package init(name: String = "message", data: String, id: String = "") {
    self.name = name
    self.data = data
    self.id = id
  }
}

/// Why a stream is not read on.
package enum EventStreamError: Error, Equatable {
  /// A line, or the data of one event, exceeds its limit.
  case lineTooLong, eventTooLarge
}

/// Takes a stream's bytes and gives its events. An event is dispatched by the empty line behind it;
/// what a stream ends in the middle of is dropped.
package struct EventStreamParser: Sendable {
  /// The longest `id` that is kept, bytes: it goes back in a header.
  package static let idBytesMax = 1024
  /// `retry` beyond this is this, milliseconds.
  package static let retryMillisecondsMax = 86_400_000

  private let lineBytesMax: Int
  private let eventBytesMax: Int
  private var line: [UInt8] = []
  private var isFirstLine = true
  /// A line feed right behind a carriage return belongs to it.
  private var skipsLineFeed = false
  private var name = ""
  private var data: [UInt8] = []
  private var hasData = false
  private var idBuffer = ""

  /// The id of the last event that was dispatched; sent as `Last-Event-ID` on reconnecting.
  package private(set) var lastEventID = ""
  /// How long the stream wants us to wait before reconnecting, milliseconds; nil: it did not say.
  package private(set) var retryMilliseconds: Int?
  /// Lines seen, comments too: signs of life.
  package private(set) var lines = 0

  /// - Parameters:
  ///   - lineBytesMax: the longest line, bytes.
  ///   - eventBytesMax: the most data of one event, bytes.
  package init(lineBytesMax: Int = 1 << 20, eventBytesMax: Int = 1 << 20) {
    self.lineBytesMax = lineBytesMax
    self.eventBytesMax = eventBytesMax
  }

  /// Takes the next bytes.
  /// - Returns: the events that are complete with them.
  /// - Throws: `EventStreamError`; the parser is of no more use then.
  package mutating func feed(
    _ bytes: some Sequence<UInt8>
  ) throws(EventStreamError) -> [ServerSentEvent] {
    var events: [ServerSentEvent] = []
    for byte in bytes {
      if skipsLineFeed {
        skipsLineFeed = false
        if byte == 0x0A { continue }
      }
      guard byte == 0x0A || byte == 0x0D else {
        guard line.count < lineBytesMax else { throw .lineTooLong }
        line.append(byte)
        continue
      }
      skipsLineFeed = byte == 0x0D
      if let event = try endLine() { events.append(event) }
    }
    return events
  }

  private mutating func endLine() throws(EventStreamError) -> ServerSentEvent? {
    defer { line.removeAll(keepingCapacity: true) }
    if isFirstLine, line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
    isFirstLine = false
    lines += 1
    if line.isEmpty { return dispatch() }
    let colon = line.firstIndex(of: 0x3A) ?? line.endIndex
    var value = line[colon...].dropFirst()
    if value.first == 0x20 { value.removeFirst() }
    try take(line[..<colon], value)
    return nil
  }

  /// A field; a comment has an empty name, and names nobody knows are passed over.
  private mutating func take(
    _ field: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>
  ) throws(EventStreamError) {
    switch String(decoding: field, as: UTF8.self) {
    case "event": name = String(decoding: value, as: UTF8.self)
    case "data":
      guard data.count + value.count < eventBytesMax else { throw .eventTooLarge }
      if hasData { data.append(0x0A) }
      data.append(contentsOf: value)
      hasData = true
    case "id":
      guard !value.contains(0), value.count <= EventStreamParser.idBytesMax else { return }
      idBuffer = String(decoding: value, as: UTF8.self)
    case "retry":
      guard !value.isEmpty, value.allSatisfy({ (0x30...0x39).contains($0) }) else { return }
      let most = EventStreamParser.retryMillisecondsMax
      retryMilliseconds = min(Int(String(decoding: value, as: UTF8.self)) ?? most, most)
    default: break
    }
  }

  private mutating func dispatch() -> ServerSentEvent? {
    lastEventID = idBuffer
    defer {
      name = ""
      data = []
      hasData = false
    }
    guard hasData else { return nil }
    return ServerSentEvent(
      name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self),
      id: lastEventID)
  }
}
