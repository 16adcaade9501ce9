// The log as lines of JSON from which an import makes the same log again, to the last hash:
// a header, each kept text once before the first event that names it, and the events.

import Wire

/// `{"export":"ledger",...}`, then `{"blob":...}` and `{"position":...}` lines.
package struct NDJSONExport: ExportForm {
  /// Version of this form; a higher one is refused by an import.
  static let format = 1

  private var isWhole = false
  /// The newest text written. In a whole log texts appear in the order of their numbers.
  private var lastBlob: UInt64 = 0
  /// Texts written by an export of a selection, where they do not.
  private var written: Set<UInt64> = []

  package init() {}

  package mutating func begin(_ scope: ExportScope) -> [String] {
    isWhole = scope.isWhole
    let header: JSON = [
      "export": "ledger", "format": .int(NDJSONExport.format),
      "ledger_id": .string(Hex.text(scope.ledgerID)), "incarnation": .int(scope.incarnation),
      "unit": .string(scope.unit), "after": .int(scope.after), "head": .int(scope.head),
      "whole": .bool(scope.isWhole),
    ]
    return [header.text]
  }

  package mutating func lines(
    _ event: RecordedEvent, in snapshot: inout Snapshot
  ) throws -> [String] {
    var names: [BlobName] = []
    event.event.forEachBlob { if let name = $0.name { names.append(name) } }
    var lines: [String] = []
    for name in names where isNew(name.ordinal) {
      lines.append(try blobLine(name.ordinal, snapshot).text)
    }
    guard var line = try snapshot.json(event, .exchange).object else { return lines }
    line["flags"] = .array(event.header.flags.words.map(JSON.string))
    lines.append(JSON.object(line).text)
    return lines
  }

  private mutating func isNew(_ ordinal: UInt64) -> Bool {
    guard isWhole else { return written.insert(ordinal).inserted }
    guard ordinal > lastBlob else { return false }
    lastBlob = ordinal
    return true
  }

  /// A kept text with the salt of its digest; what was erased says only that.
  private func blobLine(_ ordinal: UInt64, _ snapshot: borrowing Snapshot) throws -> JSON {
    guard let blob = try snapshot.log.storedBlob(ordinal) else {
      return ["blob": .int(ordinal), "erased": true]
    }
    let salt = JSON.string(Hex.text(blob.salt))
    if let text = String(validating: blob.content, as: UTF8.self) {
      return ["blob": .int(ordinal), "salt": salt, "text": .string(text)]
    }
    return ["blob": .int(ordinal), "salt": salt, "hex": .string(Hex.text(blob.content))]
  }
}

extension RecordHeader.Flags {
  private static let names: [(flag: RecordHeader.Flags, word: String)] = [
    (.first, "first"), (.last, "last"), (.imported, "imported"),
  ]

  /// `first` and `last` of a group, `imported`.
  var words: [String] { Self.names.filter { contains($0.flag) }.map(\.word) }

  /// Nil when a word is none of these.
  init?(words: [String]) {
    self = []
    for word in words {
      guard let flag = Self.names.first(where: { $0.word == word })?.flag else { return nil }
      insert(flag)
    }
  }
}
