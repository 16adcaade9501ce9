// When something ends, as its author said it: at a moment, or so long from the command on. The
// difference matters for idempotency: "in 7 days", said again a minute later, is the same command.

package import Wire

/// The end of a hold or of granted credits.
package enum Deadline: Sendable, Equatable {
  case at(Timestamp)
  /// Milliseconds after the command is carried out.
  case after(UInt64)

  /// The moment that is meant by a command carried out at `now`.
  func time(from now: Timestamp) -> Timestamp {
    switch self {
    case .at(let time): time
    case .after(let milliseconds): now.advanced(seconds: Double(milliseconds) / 1000)
    }
  }

  /// What makes two commands the same.
  var canonical: JSON {
    switch self {
    case .at(let time): .int(time.microseconds)
    case .after(let milliseconds): ["after_ms": .int(milliseconds)]
    }
  }
}
