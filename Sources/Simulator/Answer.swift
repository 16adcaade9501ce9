// What a request is answered: a reply now, a reply later, or something that is no reply at all.
import Wire

/// One HTTP reply.
struct Reply: Sendable {
  var status: Int
  var headers: [(name: String, value: String)]
  var body: [UInt8]
  /// Makes the body while it is sent, in place of `body`.
  private(set) var script: (any BodyScript)?
  /// The length such a body is announced with; nil: none is, it comes in chunks.
  private(set) var announcedBytes: Int?

  init(_ status: Int, type: String, body: [UInt8]) {
    self.status = status
    headers = [("Content-Type", type)]
    self.body = body
  }

  init(_ status: Int, type: String, _ text: String) {
    self.init(status, type: type, body: Array(text.utf8))
  }

  static func json(_ status: Int, _ value: JSON, type: String = "application/json") -> Reply {
    Reply(status, type: type, body: value.bytes)
  }

  /// A stream of server-sent events (WHATWG HTML §9.2).
  static func events(_ script: some BodyScript) -> Reply {
    Reply(200, type: "text/event-stream; charset=utf-8", body: [])
      .adding("Cache-Control", "no-store").sent(by: script, announced: nil)
  }

  func adding(_ name: String, _ value: String) -> Reply {
    var reply = self
    reply.headers.append((name, value))
    return reply
  }

  func sent(by script: some BodyScript, announced: Int?) -> Reply {
    var reply = self
    reply.script = script
    reply.announcedBytes = announced
    return reply
  }
}

/// What becomes of a request.
enum Answer: Sendable {
  case reply(Reply)
  /// The connection is closed without a word.
  case drop
  /// These bytes, whatever they mean, then the connection is closed, or reset (RFC 9293 §3.5.2).
  case raw([UInt8], resets: Bool)
  /// Look again at this moment (microseconds since the start) or earlier; asking early must be
  /// harmless.
  case wait(until: Int64, again: @Sendable (inout World) -> Answer)

  /// Never answered; the client has to leave.
  static var stalled: Answer { .wait(until: .max) { _ in Answer.stalled } }

  /// The same answer, `microseconds` later.
  func delayed(_ microseconds: Int64, now: Int64) -> Answer {
    switch self {
    case .wait(let until, let again):
      return .wait(until: until) { world in
        again(&world).delayed(microseconds, now: world.now)
      }
    case .reply, .drop, .raw: return held(until: now + microseconds)
    }
  }

  private func held(until moment: Int64) -> Answer {
    .wait(until: moment) { world in world.now >= moment ? self : held(until: moment) }
  }

  /// The same answer with its reply, when it comes, made into another one.
  func mapped(
    _ world: World, _ change: @escaping @Sendable (Reply, World) -> Reply
  ) -> Answer {
    switch self {
    case .reply(let reply): return .reply(change(reply, world))
    case .drop, .raw: return self
    case .wait(let until, let again):
      return .wait(until: until) { world in again(&world).mapped(world, change) }
    }
  }
}
