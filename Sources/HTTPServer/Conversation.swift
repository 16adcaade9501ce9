// One request and its answer, which may come from another thread long after.

import CMicroHTTPD
import Glibc
import Synchronization

/// What the library remembers for us about one request.
///
/// `@unchecked Sendable`: the request's parts belong to its connection's thread; the answer is
/// behind the mutex.
@safe final class Conversation: @unchecked Sendable {
  enum Answer {
    case reply(ServerReply)
    case stream(ServerReply)
    /// These bytes, whatever they mean, and then the connection is closed.
    case raw([UInt8], resets: Bool)
    case drop
  }

  private struct State {
    var answer: Answer?
    var isAsleep = false
    var isOver = false
  }

  let connection: OpaquePointer
  /// Made with the request, so that a source can be woken before it is read.
  let stream: StreamState
  /// The library has called for the head alone.
  var hasHead = false
  /// The handler has the request.
  var isHandedOver = false
  private let target: String
  private let bodyBytesMax: Int
  private var body: [UInt8] = []
  private var bytesSeen = 0
  private let state = Mutex(State())

  init(_ connection: OpaquePointer, target: String, bodyBytesMax: Int) {
    unsafe self.connection = connection
    unsafe stream = StreamState(connection)
    self.target = target
    self.bodyBytesMax = bodyBytesMax
  }

  /// Takes a piece of the body; false when the client sends far more than it may. A little more is
  /// read to its end, so that it can be told.
  func take(_ piece: UnsafeRawBufferPointer) -> Bool {
    bytesSeen += piece.count
    if bytesSeen > bodyBytesMax { body = [] } else { unsafe body.append(contentsOf: piece) }
    return bytesSeen <= 2 * bodyBytesMax + (1 << 20)
  }

  func request(method: String) -> ServerRequest {
    ServerRequest(
      method: method, target: target, headers: unsafe RequestHead.fields(of: connection),
      body: body, isCut: bytesSeen > bodyBytesMax,
      client: unsafe RequestHead.client(of: connection))
  }

  /// The first answer counts.
  func settle(_ answer: Answer) {
    state.withLock { state in
      guard state.answer == nil, !state.isOver else { return }
      state.answer = answer
      guard state.isAsleep else { return }
      state.isAsleep = false
      unsafe MHD_resume_connection(connection)
    }
  }

  /// The answer; nil when there is none yet, and then the connection sleeps until there is.
  func answerOrSleep() -> Answer? {
    state.withLock { state in
      if state.answer == nil {
        unsafe MHD_suspend_connection(connection)
        state.isAsleep = true
      }
      return state.answer
    }
  }

  /// The library has what it needs of the answer: a stream may sleep for hours beside it.
  func forgetAnswer() { state.withLock { $0.answer = .drop } }

  /// The library is done with the request.
  func end() {
    state.withLock { $0.isOver = true }
    stream.close()
  }
}

/// How a handler answers: once, from any thread. What is never answered is dropped.
package final class Responder: Sendable {
  private let conversation: Conversation

  init(_ conversation: Conversation) { self.conversation = conversation }

  deinit { conversation.settle(.drop) }

  package func send(_ reply: ServerReply) { conversation.settle(.reply(reply)) }

  /// Writes these bytes, whatever they mean, and closes the connection; `resets`: with a reset
  /// (RFC 9293 §3.5.2). For connections without TLS.
  package func sendRaw(_ bytes: [UInt8], resets: Bool) {
    conversation.settle(.raw(bytes, resets: resets))
  }

  /// Whether the client closed its end. A connection that sleeps does not notice by itself.
  package var clientLeft: Bool { conversation.stream.clientLeft }

  /// Closes the connection without a word.
  package func drop() { conversation.settle(.drop) }

  /// Answers with a stream; `make` is given what wakes it.
  package func stream(_ head: ServerReply, _ make: (Waking) -> any BodySource) {
    let source = make(Waking(conversation.stream))
    conversation.stream.begin(source)
    conversation.settle(.stream(head))
  }
}
