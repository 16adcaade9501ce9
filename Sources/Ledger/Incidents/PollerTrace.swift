// What the log says of the poller: whether somebody looks after what is due.

package import Wire

/// The newest word of a poller.
package enum PollerTrace: Sendable, Equatable {
  /// None has ever worked on these books.
  case never
  case stopped(Position, at: Timestamp)
  /// Nobody said that it stopped; it may have been killed.
  case started(Position, at: Timestamp)

  /// As far as the log knows.
  package var isRunning: Bool { if case .started = self { true } else { false } }

  /// For a sentence that says why nobody asked.
  var words: String {
    switch self {
    case .never: "no poller has ever run"
    case .stopped(let position, let time):
      "the last poller stopped at \(Waiting.text(time)) (position \(position))"
    case .started(let position, _):
      "the poller started at position \(position) has not done it: is it still running?"
    }
  }
}

extension Snapshot {
  mutating func pollerTrace() throws -> PollerTrace {
    guard let number = try views.number(of: .poller), let subject = try views.subject(number),
      let event = try log.event(at: subject.last)
    else { return .never }
    if case .pollerStarted = event.event { return .started(event.position, at: event.time) }
    return .stopped(event.position, at: event.time)
  }
}
