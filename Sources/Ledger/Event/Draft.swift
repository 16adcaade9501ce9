// An event that a decision wants recorded: no position, no time, no chain yet.

package import Wire

/// An event to be appended.
package struct Draft: Sendable, Equatable {
  /// What it is about; a name not yet in the log is given the next number.
  package var subject: Subject.Name
  package var event: Event
  package var step: UInt64 = 0
  package var cause: Position = 0
  package var nextAt: Timestamp?

  package init(
    _ subject: Subject.Name, _ event: Event, step: UInt64 = 0, cause: Position = 0,
    nextAt: Timestamp? = nil
  ) {
    self.subject = subject
    self.event = event
    self.step = step
    self.cause = cause
    self.nextAt = nextAt
  }
}
