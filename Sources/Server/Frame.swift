// An event as a stream sends it (WHATWG HTML, section 9.2). Made once for all who follow.

import Ledger
import Wire

/// One message of a stream.
struct Frame: Sendable {
  let position: Position
  /// What it is about, for whom it is sent.
  let subject: SubjectNumber
  /// Who may see it; nil: only those who see all.
  let account: String?
  let type: EventType
  let bytes: [UInt8]
  /// With it the job has ended and nothing of it waits to be stored.
  let endsJob: Bool

  /// - Throws: errors of the books.
  init(_ event: RecordedEvent, _ snapshot: inout Snapshot) throws {
    position = event.position
    subject = event.subject
    account = try snapshot.names(event).account
    type = event.event.type
    bytes = Frame.message(id: event.position, data: try snapshot.json(event))
    endsJob = false
  }

  private init(_ frame: Frame, endsJob: Bool) {
    position = frame.position
    subject = frame.subject
    account = frame.account
    type = frame.type
    bytes = frame.bytes
    self.endsJob = endsJob
  }

  /// The same as the last message before a job's end.
  func ending() -> Frame { Frame(self, endsJob: true) }

  /// A message. Our JSON has no line ends, so one data line holds it.
  static func message(_ name: String? = nil, id: Position?, data: JSON) -> [UInt8] {
    var text = ""
    if let name { text += "event: \(name)\n" }
    if let id { text += "id: \(id)\n" }
    return Array(text.utf8) + Array("data: ".utf8) + data.bytes + [0x0A, 0x0A]
  }

  /// A comment: proof of life that no script sees.
  static let heartbeat = Array(": \n\n".utf8)

  /// The server ends, the stream does not: come again in a second, where it stopped.
  static let farewell = Array(": the server is ending\nretry: 1000\n\n".utf8)
}
