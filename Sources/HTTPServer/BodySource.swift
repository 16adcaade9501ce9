// A reply that is written while it is sent: a stream of events. Its bytes are asked for whenever
// the client can take some, so a slow client costs nothing but its own patience.

/// Gives a streamed reply's bytes. Called on its connection's thread, one call at a time.
package protocol BodySource: AnyObject, Sendable {
  /// What comes next.
  func next() -> BodyPiece
  /// The connection is gone, or the stream has ended. Called once; `next` is not called again.
  func close()
}

/// A piece of a streamed reply.
package enum BodyPiece: Sendable {
  /// Not empty.
  case bytes([UInt8])
  /// Nothing now: `Waking.wake` says when to ask again.
  case wait
  case end
  /// The connection is closed without the stream's end: the client knows that something is missing.
  case abort
}

/// Wakes a stream that waits; from any thread, at any time, also when it does not wait.
package final class Waking: Sendable {
  private let stream: StreamState

  init(_ stream: StreamState) { self.stream = stream }

  package func wake() { stream.wake() }

  /// Whether the client closed its end. A connection that sleeps does not notice by itself.
  package var clientLeft: Bool { stream.clientLeft }
}
