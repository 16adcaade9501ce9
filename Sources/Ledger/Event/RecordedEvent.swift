// An event read back from the log.

package import Wire

/// An event with its place, time, subject and surroundings.
package struct RecordedEvent: Sendable {
  package let position: Position
  package let header: RecordHeader
  package let envelope: Envelope
  package let event: Event
  /// The chain hash up to and with this event.
  package let hash: Digest

  package var time: Timestamp { header.time }
  package var subject: SubjectNumber { header.subject }
}
