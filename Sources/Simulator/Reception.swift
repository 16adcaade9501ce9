// Between the HTTP server and the engine: requests in, answers out, now or later.
import HTTPServer
import Synchronization

/// Receives the requests of one door.
struct Reception: Sendable {
  let door: Door
  let engine: Engine
  let agenda: Agenda

  func receive(_ request: ServerRequest, _ responder: Responder) {
    act(on: engine.answer(Request(request), at: door, isCut: request.isCut), responder)
  }

  private func act(on answer: Answer, _ responder: Responder) {
    switch answer {
    case .reply(let reply): send(reply, responder)
    case .drop: responder.drop()
    case .raw(let bytes, let resets): responder.sendRaw(bytes, resets: resets)
    case .wait(let until, let again):
      agenda.add(at: until) {
        guard !responder.clientLeft else {
          engine.noteLeft()
          return responder.drop()
        }
        act(on: engine.again(at: door, again), responder)
      }
    }
  }

  private func send(_ reply: Reply, _ responder: Responder) {
    var head = ServerReply(reply.status, headers: reply.headers)
    guard let script = reply.script else {
      head.body = reply.body
      return responder.send(head)
    }
    head.announcedBytes = reply.announcedBytes
    responder.stream(head) { waking in ScriptedBody(script, self, waking) }
  }
}

/// A body that is made while it is sent, on its way to the server.
private final class ScriptedBody: BodySource {
  private let script: Mutex<any BodyScript>
  private let reception: Reception
  private let waking: Waking

  init(_ script: any BodyScript, _ reception: Reception, _ waking: Waking) {
    self.script = Mutex(script)
    self.reception = reception
    self.waking = waking
  }

  func next() -> BodyPiece {
    switch script.withLock({ reception.engine.step(at: reception.door, &$0) }) {
    case .bytes(let bytes): return .bytes(bytes)
    case .end: return .end
    case .cut: return .abort
    case .wait(let moment):
      if waking.clientLeft { return .abort }
      reception.agenda.add(at: moment) { [waking] in waking.wake() }
      return .wait
    }
  }

  func close() {}
}
