// A message of a stream as `ledger provider try` prints it.

import Ledger
package import Wire

extension StreamReading {
  /// The fields of a status reading (nulls where the message is none), and what only messages have.
  package func json(_ event: ServerSentEvent) -> JSON {
    var reading = status ?? ReplyReading()
    reading.progress = progress ?? reading.progress
    var json = reading.json(phase: RequestPhase.stream.rawValue).object ?? JSONObject()
    json["event"] = .string(event.name)
    json["is"] = .string(kind.rawValue)
    json["stage"] = stage.map(JSON.string) ?? .null
    json["log"] = log.map { .string($0.text) } ?? .null
    return .object(json)
  }
}
