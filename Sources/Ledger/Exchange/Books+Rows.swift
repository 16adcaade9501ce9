// An app's own job table, row by row, into the books. Rows are the same by their id, so the import
// can be repeated, after a crash or with a longer table, and adds only what is new.

package import Posix
import Wire

/// What became of a row, or would.
package struct RowOutcome: Sendable {
  package enum Kind: Sendable, Equatable {
    /// Adopted: the provider is asked at once.
    case tracked
    /// Nobody can ask: a person must look.
    case parked
    /// Taken over before.
    case existing
    /// The map says to leave it out.
    case skipped
    /// Left out, and why.
    case problem(String)

    package var name: String {
      switch self {
      case .tracked: "tracked"
      case .parked: "parked"
      case .existing: "existing"
      case .skipped: "skipped"
      case .problem: "problem"
      }
    }
  }

  /// Of the file, from 1.
  package let line: Int
  /// `generations/17`; nil when the row has no id.
  package let row: String?
  package let job: String?
  package let account: String?
  /// What the app's table says.
  package let status: ImportMap.LocalStatus?
  package let kind: Kind
}

extension Books {
  /// Rows of one commit.
  private static var batchRows: Int { 500 }

  /// Takes the rows of a table over.
  /// - Parameters:
  ///   - patienceMilliseconds: of a provider's profile; nil when there is none of that name.
  ///   - isRehearsal: the outcomes are as they would be, and nothing is written.
  ///   - report: called for each row, in order.
  /// - Throws: `ImportError` for a file that cannot be read on; `BooksError`.
  @available(*, noasync)
  package func importRows(
    _ file: consuming File, _ map: ImportMap, by name: String, isRehearsal: Bool,
    patienceMilliseconds: (String) -> UInt64?, report: (RowOutcome) -> Void
  ) throws {
    var table = TableReader(file, map.format)
    var batch: [PendingRow] = []
    var count = 0
    while let row = try table.next() {
      count += 1
      guard count <= Limits.importRows else {
        throw ImportError(line: row.line, "more than \(Limits.importRows) rows; cut the file")
      }
      batch.append(PendingRow(row, map, patienceMilliseconds))
      // A rehearsal is one transaction, or later rows would not see the earlier ones.
      if batch.count >= Books.batchRows, !isRehearsal {
        try append(&batch, by: name, isRehearsal: false, report)
      }
    }
    try append(&batch, by: name, isRehearsal: isRehearsal, report)
  }

  private func append(
    _ batch: inout [PendingRow], by name: String, isRehearsal: Bool, _ report: (RowOutcome) -> Void
  ) throws {
    let commands = batch.compactMap(\.imported).map {
      Command(.importRow($0), actor: .cli, by: name)
    }
    var results = try append(commands, isRehearsal: isRehearsal)[...]
    for pending in batch {
      report(pending.outcome(pending.imported == nil ? nil : results.removeFirst()))
    }
    batch = []
  }
}

/// A row on its way into the books.
private struct PendingRow {
  let line: Int
  private let name: String?
  private let read: Result<ReadRow, RowProblem>

  init(_ row: TableRow, _ map: ImportMap, _ patience: (String) -> UInt64?) {
    line = row.line
    name = try? map.name(of: row)
    read = Result { () throws(RowProblem) in
      try map.read(row, patienceMilliseconds: patience)
    }
  }

  /// What the books are asked to take; nil for a row that is left out.
  var imported: ImportedRow? { try? read.get().row }

  func outcome(_ result: Result<Receipt, Refusal>?) -> RowOutcome {
    let kind: RowOutcome.Kind
    switch (read, result) {
    case (.failure(let problem), _): kind = .problem(problem.reason)
    case (_, .failure(let refusal)): kind = .problem(refusal.message)
    case (_, .success(let receipt)) where receipt.isRepeated: kind = .existing
    case (_, .success): kind = imported?.handle == nil ? .parked : .tracked
    case (_, nil): kind = .skipped
    }
    return RowOutcome(
      line: line, row: name, job: imported?.submission.id, account: imported?.submission.account,
      status: (try? read.get())?.status, kind: kind)
  }
}
