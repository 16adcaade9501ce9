// Bodies that are made while they are sent: streams of events, and bodies that come too slowly, too
// long or not whole.

/// The next piece of a body.
enum BodyStep: Sendable {
  case bytes([UInt8])
  /// Nothing before this moment (microseconds since the start); asking early must be harmless.
  case wait(until: Int64)
  case end
  /// The connection is closed in the middle.
  case cut
}

/// A body in the making; a value, kept by the connection it is sent on.
protocol BodyScript: Sendable {
  mutating func next(_ world: inout World) -> BodyStep
}

/// The first half, then nothing.
struct HalfBody: BodyScript {
  private var rest: [UInt8]?

  init(_ body: [UInt8]) { rest = Array(body.prefix(body.count / 2)) }

  mutating func next(_ world: inout World) -> BodyStep {
    guard let bytes = rest, !bytes.isEmpty else { return .cut }
    rest = nil
    return .bytes(bytes)
  }
}

/// A few bytes, a pause, a few bytes.
struct DripBody: BodyScript {
  private let body: [UInt8]
  private let pause: Int64
  private var sent = 0
  private var nextAt: Int64?

  /// A body comes in this many pieces.
  private static let pieces = 8

  init(_ body: [UInt8], pause: Int64) {
    self.body = body
    self.pause = pause
  }

  mutating func next(_ world: inout World) -> BodyStep {
    guard sent < body.count else { return .end }
    if let nextAt, world.now < nextAt { return .wait(until: nextAt) }
    nextAt = world.now + pause
    let count = min(body.count - sent, max(1, (body.count + Self.pieces - 1) / Self.pieces))
    defer { sent += count }
    return .bytes(Array(body[sent..<sent + count]))
  }
}

/// Spaces without end, which every JSON reader takes for the beginning of something.
struct EndlessBody: BodyScript {
  private static let piece = [UInt8](repeating: UInt8(ascii: " "), count: 32 << 10)
  private var sent = 0

  mutating func next(_ world: inout World) -> BodyStep {
    // A client that reads this much has shown that it has no bound.
    guard sent < 1 << 30 else { return .cut }
    sent += Self.piece.count
    return .bytes(Self.piece)
  }
}
