// The log as a table for spreadsheets: one event a row, its body as one cell of JSON.

import Wire

/// RFC 4180, safe against formula injection.
package struct CSVExport: ExportForm {
  static let columns = [
    "position", "at", "type", "subject", "job", "account", "step", "actor", "by", "cause", "amount",
    "previous", "hash", "data",
  ]

  package init() {}

  package mutating func begin(_ scope: ExportScope) -> [String] { [CSVRow.text(Self.columns)] }

  package mutating func lines(
    _ event: RecordedEvent, in snapshot: inout Snapshot
  ) throws -> [String] {
    let json = try snapshot.json(event)
    let cells = Self.columns.map { name in
      switch name == "amount" ? json["data"]?["amount"] : json[name] {
      case .string(let text), .number(let text): text
      case .null, nil: ""
      case .some(let value): value.text
      }
    }
    return [CSVRow.text(cells)]
  }
}
