// What a map makes of a row.

import Wire

/// Why a row is left out.
struct RowProblem: Error, Equatable {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}

/// A row, read.
struct ReadRow: Sendable {
  let status: ImportMap.LocalStatus?
  /// Nil when the map says to skip it.
  let row: ImportedRow?
}

extension ImportMap.Source {
  /// The value for a row; nil when it has none.
  func value(of row: TableRow) -> String? {
    let text = column.flatMap { row[$0] }
    return text.map { words[$0] ?? $0 } ?? value
  }
}

extension ImportMap {
  /// The row's name in the log, e.g. `generations/17`.
  func name(of row: TableRow) throws(RowProblem) -> String {
    guard let id = rowID.value(of: row) else { throw RowProblem("has no row_id") }
    return "\(table)/\(id)"
  }

  /// - Parameter patienceMilliseconds: of a provider; nil when there is none of that name.
  func read(
    _ row: TableRow, patienceMilliseconds: (String) -> UInt64?
  ) throws(RowProblem) -> ReadRow {
    let name = try name(of: row)
    let local = try localStatus(of: row)
    if local == .skip { return ReadRow(status: .skip, row: nil) }
    let provider = try required(self.provider, "provider", row)
    guard let patience = patienceMilliseconds(provider) else {
      throw RowProblem("names a provider that has no profile here: ledger provider list")
    }
    let model = model?.value(of: row)
    let charged = try credits(self.charged, "charged", row)
    let submission = Submission(
      id: jobPrefix + name.dropFirst(table.count + 1),
      account: try required(account, "account", row),
      provider: provider, model: model, hold: try credits(hold, "hold", row) ?? .zero,
      meta: labels(of: row))
    var handle = FoundHandle(
      externalID: externalID?.value(of: row), model: model, patienceMilliseconds: patience)
    for (name, source) in urls {
      guard let url = source.value(of: row) else { continue }
      guard url.hasPrefix("https://") || url.hasPrefix("http://") else {
        throw RowProblem("\(name)_url is no http or https URL")
      }
      handle.urls[name] = .string(url)
    }
    let hasHandle = handle.externalID != nil || handle.urls["status"] != nil
    return ReadRow(
      status: local,
      row: ImportedRow(
        row: name, submission: submission, handle: hasHandle ? handle : nil, charged: charged))
  }

  private func localStatus(of row: TableRow) throws(RowProblem) -> LocalStatus? {
    guard let status else { return nil }
    guard let word = status.value(of: row) else { throw RowProblem("has no status") }
    if status.words.isEmpty { return LocalStatus(rawValue: word) ?? .open }
    guard let local = LocalStatus(rawValue: word) else {
      throw RowProblem("has a status that the map's words do not name")
    }
    return local
  }

  /// The map's labels, and what the table said of status and time.
  private func labels(of row: TableRow) -> JSONObject {
    var labels = JSONObject()
    for (name, source) in meta { labels[name] = source.value(of: row).map(JSON.string) }
    if let column = status?.column { labels["imported_status"] = row[column].map(JSON.string) }
    if let time = createdAt?.value(of: row) { labels["imported_created_at"] = .string(time) }
    return labels
  }

  private func required(
    _ source: Source, _ name: String, _ row: TableRow
  ) throws(RowProblem) -> String {
    guard let text = source.value(of: row) else { throw RowProblem("has no \(name)") }
    return text
  }

  private func credits(
    _ source: Source?, _ name: String, _ row: TableRow
  ) throws(RowProblem) -> Credits? {
    guard let text = source?.value(of: row) else { return nil }
    guard let credits = Credits(text), credits >= .zero else {
      throw RowProblem("\(name) is no amount of credits with up to 6 decimals")
    }
    return credits
  }
}
