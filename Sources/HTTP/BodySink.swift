// Where a successful reply's body goes when it is not to be kept in memory: a stream of events, a
// file. Called on the thread of the `Multi`, inside `wait`.

/// Takes a 2xx reply's body piece by piece. Other replies' bodies are kept in memory as usual, for
/// they say what went wrong.
package protocol BodySink: AnyObject {
  /// A 2xx reply's header is complete. Called once, before any piece.
  /// - Returns: false when it is not what was expected; the transfer ends as `stopped`.
  func begin(status: Int, headers: HTTPHeaders) -> Bool
  /// The next piece of the body; pieces end anywhere.
  func receive(_ piece: RawSpan) -> BodySinkAnswer
}

/// What becomes of a transfer after a piece of its body.
package enum BodySinkAnswer: Sendable {
  case more
  /// More, and `Multi.wait` returns: there is something to look at.
  case look
  /// No more: the transfer ends as `stopped`.
  case stop
}
