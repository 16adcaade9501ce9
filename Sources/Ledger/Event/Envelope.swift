// What stands beside the body in every event: who, why, and for readers of the chain. Its keys are
// negative (schemas/events.json, "envelope").

package import Wire

/// The fields that every type of event may carry.
package struct Envelope: Sendable, Equatable {
  /// Which provider request of the job, from 0.
  package var step: UInt64 = 0
  /// The event that led to this one; 0: none.
  package var cause: Position = 0
  package var actor: Actor = .poller
  /// The actor's name.
  package var by: String?
  /// The caller's own trace id.
  package var trace: String?
  /// Only on a subject's first event.
  package var subject: Subject.Name?
  /// Only on a group's first event.
  package var key: CommandKey?
  /// When to look again; on events that start waiting.
  package var nextAt: Timestamp?

  package init() {}

  var fieldCount: Int {
    var count = 0
    if step != 0 { count += 1 }
    if cause != 0 { count += 1 }
    if actor != .poller { count += 1 }
    if by != nil { count += 1 }
    if trace != nil { count += 1 }
    if subject != nil { count += 2 }
    if key != nil { count += 3 }
    if nextAt != nil { count += 1 }
    return count
  }

  func encode(to writer: inout CBORWriter) {
    if step != 0 { writer.field(-1, step) }
    if cause != 0 { writer.field(-2, cause) }
    if actor != .poller { writer.field(-3, actor) }
    if let by { writer.field(-4, by) }
    if let trace { writer.field(-5, trace) }
    if let subject {
      writer.field(-6, subject.kind)
      writer.field(-7, subject.id)
    }
    if let key {
      writer.field(-8, key.key)
      writer.field(-9, key.scope)
      writer.field(-10, key.command)
    }
    if let nextAt { writer.field(-11, nextAt) }
  }

  mutating func read(_ key: Int64, from reader: inout CBORReader) throws(CBORError) -> Bool {
    switch key {
    case -1: step = try reader.field()
    case -2: cause = try reader.field()
    case -3: actor = try reader.field()
    case -4: by = try reader.field()
    case -5: trace = try reader.field()
    case -6: subject = Subject.Name(kind: try reader.field(), id: "")
    case -7: subject?.id = try reader.field()
    case -8: self.key = CommandKey(key: try reader.field(), scope: "", command: [])
    case -9: self.key?.scope = try reader.field()
    case -10: self.key?.command = try reader.field()
    case -11: nextAt = try reader.field()
    default: return false
    }
    return true
  }
}
