// What every form of an export does: something first, lines for each event, something last.

package import Wire

/// A form in which the log leaves the house.
package protocol ExportForm {
  /// Lines before the first event.
  mutating func begin(_ scope: ExportScope) -> [String]

  /// Lines for one event. Events come in order, each once.
  mutating func lines(
    _ event: RecordedEvent, in snapshot: inout Snapshot
  ) throws -> [String]

  /// Lines after the last event.
  mutating func end() -> [String]
}

extension ExportForm {
  package mutating func end() -> [String] { [] }
}

/// What an export is of, known before its first line.
package struct ExportScope: Sendable {
  package let ledgerID: [UInt8]
  package let incarnation: UInt64
  /// What one credit is called.
  package let unit: String
  /// The last position looked at; what is written meanwhile belongs to the next export.
  package let head: Position
  /// Only events after this position.
  package let after: Position
  /// Every event from the first through `head`.
  package let isWhole: Bool
  /// When the ledger was opened.
  package let openedAt: Timestamp
}

extension Snapshot {
  /// The scope of an export of what `filter` means after a position.
  package func exportScope(_ filter: EventFilter, after: Position) throws -> ExportScope {
    let meta = try log.meta()
    return ExportScope(
      ledgerID: meta.ledgerID, incarnation: meta.incarnation, unit: try unit(), head: head,
      after: after,
      isWhole: after == 0 && filter.selector == Selector() && filter.job == nil
        && filter.types.isEmpty,
      openedAt: try log.event(at: 1)?.time ?? Timestamp(microseconds: 0))
  }
}
