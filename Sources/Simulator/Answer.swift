// What a request is answered: a reply now, a reply later, or nothing but a closed connection.
import Wire

/// One HTTP reply.
struct Reply: Sendable {
  var status: Int
  var headers: [(name: String, value: String)]
  var body: [UInt8]

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

  func adding(_ name: String, _ value: String) -> Reply {
    var reply = self
    reply.headers.append((name, value))
    return reply
  }
}

/// What becomes of a request.
enum Answer: Sendable {
  case reply(Reply)
  /// The connection is closed without a word.
  case drop
  /// Look again at this moment (microseconds since the start) or earlier; asking early must be
  /// harmless.
  case wait(until: Int64, again: @Sendable (inout World) -> Answer)

  /// The same answer, `microseconds` later.
  func delayed(_ microseconds: Int64, now: Int64) -> Answer {
    switch self {
    case .wait(let until, let again):
      return .wait(until: until) { world in
        again(&world).delayed(microseconds, now: world.now)
      }
    case .reply, .drop: return held(until: now + microseconds)
    }
  }

  private func held(until moment: Int64) -> Answer {
    .wait(until: moment) { world in world.now >= moment ? self : held(until: moment) }
  }
}
