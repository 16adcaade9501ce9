// One request and what comes of it, looked at instead of sent.
import Wire

/// An answer in the making.
package final class OfflineExchange {
  package enum Step {
    /// Nothing before this moment (microseconds since the start); asking early is harmless.
    case wait(until: Int64)
    case reply(status: Int, headers: [(name: String, value: String)], body: [UInt8])
    /// The reply ended in its middle.
    case broken(status: Int)
    /// The body goes on beyond what the caller takes.
    case tooLong(status: Int)
    /// The connection was closed, or reset, without a reply.
    case closed
    /// What came is no HTTP.
    case garbage
  }

  private enum Stage {
    case answer(Answer)
    case body(Reply, any BodyScript, [UInt8])
  }

  private var stage: Stage
  private let door: Door
  private let engine: Engine

  init(_ answer: Answer, at door: Door, _ engine: Engine) {
    stage = .answer(answer)
    self.door = door
    self.engine = engine
  }

  /// What there is by now.
  package func look(bytesMax: Int) -> Step {
    while true {
      switch stage {
      case .answer(.drop): return .closed
      case .answer(.raw(let bytes, _)): return bytes.isEmpty ? .closed : .garbage
      case .answer(.reply(let reply)):
        guard let script = reply.script else {
          return reply.body.count > bytesMax
            ? .tooLong(status: reply.status)
            : .reply(status: reply.status, headers: reply.headers, body: reply.body)
        }
        stage = .body(reply, script, [])
      case .answer(.wait(_, let again)):
        let answer = engine.again(at: door, again)
        stage = .answer(answer)
        if case .wait(let moment, _) = answer { return .wait(until: moment) }
      case .body(let reply, var script, var body):
        let step = engine.step(at: door, &script)
        if case .bytes(let bytes) = step { body += bytes }
        stage = .body(reply, script, body)
        switch step {
        case .bytes: if body.count > bytesMax { return .tooLong(status: reply.status) }
        case .wait(let moment): return .wait(until: moment)
        case .cut: return .broken(status: reply.status)
        case .end: return .reply(status: reply.status, headers: reply.headers, body: body)
        }
      }
    }
  }
}
