// Reads an invoice: CSV (RFC 4180) or NDJSON, from anybody. Every line is read strictly; the first
// that is not what the map says ends the reading, with its number.

package import Posix
import Wire

extension Invoice {
  /// Reads a whole file.
  /// - Parameter keepsRows: each line keeps its row, to be recorded.
  /// - Throws: `InvoiceError` naming the line and what is wrong with it; `PosixError`.
  package init(_ file: consuming File, _ map: InvoiceMap, keepsRows: Bool = false) throws {
    do {
      var reader = InvoiceReader(file, map, keepsRows: keepsRows)
      while try reader.next() {}
      self = reader.invoice
    } catch let error as ImportError {
      throw InvoiceError(line: error.line, error.reason)
    }
  }
}

private struct InvoiceReader: ~Copyable {
  private var table: TableReader
  private let map: InvoiceMap
  private let keepsRows: Bool
  /// The name of each field's column in this file.
  private var bound: [InvoiceMap.Field: String] = [:]
  private var isBound = false
  /// Where a line of that name is.
  private var known: [String: Int] = [:]
  /// How many lines without a name of their own would have had the same.
  private var namesakes: [String: Int] = [:]
  private(set) var invoice = Invoice()

  init(_ file: consuming File, _ map: InvoiceMap, keepsRows: Bool) {
    table = TableReader(file, nil, bytesMax: Limits.invoiceBytes)
    self.map = map
    self.keepsRows = keepsRows
  }

  /// Reads a row; false at the end.
  mutating func next() throws -> Bool {
    let row = try table.next()
    if !isBound { try bind(table.header) }
    guard let row else {
      guard table.line > 0 else { throw InvoiceError(line: 0, "is empty") }
      return false
    }
    if case .csv(let columns, let fields) = row.values, columns.count != fields.count {
      throw InvoiceError(
        line: row.line, "has \(fields.count) fields where the header has \(columns.count)")
    }
    guard value(.status, row) != InvoiceMap.skip else {
      invoice.skipped += 1
      return true
    }
    try add(try line(row), derived: map.columns[.lineID] == nil)
    guard invoice.lines.count <= Limits.invoiceRows else {
      throw InvoiceError(line: row.line, "more than \(Limits.invoiceRows) lines; cut the file")
    }
    return true
  }

  /// Finds each field's column. NDJSON has no header: there a member may be absent.
  private mutating func bind(_ header: [String]?) throws(InvoiceError) {
    isBound = true
    for (field, column) in map.columns where !column.names.isEmpty {
      guard let header else { continue }
      guard header.count <= Limits.invoiceColumns else {
        throw InvoiceError(line: 1, "more than \(Limits.invoiceColumns) columns")
      }
      bound[field] = column.names.first(where: header.contains)
      guard bound[field] == nil, column.value == nil, !column.isOptional else { continue }
      let wanted = column.names.joined(separator: " or ")
      let there = header.prefix(20).map(InvoiceError.shown).joined(separator: ", ")
      throw InvoiceError(
        line: 1, "there is no column \(wanted) (\(field.rawValue)); there are \(there)")
    }
  }

  private func value(_ field: InvoiceMap.Field, _ row: TableRow) -> String? {
    guard let column = map.columns[field] else { return nil }
    var text: String?
    if let name = bound[field] {
      text = row[name]
    } else if case .json = row.values {
      text = column.names.lazy.compactMap { row[$0] }.first
    }
    let trimmed = text.map { $0.trimmed }.flatMap { $0.isEmpty ? nil : $0 }
    return trimmed.map { column.words[$0] ?? $0 } ?? column.value
  }

  private func line(_ row: TableRow) throws(InvoiceError) -> InvoiceLine {
    let used = try number(.quantity, row)
    let amount = try number(.amount, row)
    guard let quantity = used ?? amount else {
      throw InvoiceError(
        line: row.line, "has no \(map.columns[.quantity] == nil ? "amount" : "quantity")")
    }
    let currency = try text(.currency, row, Limits.nameBytes)
    guard let unit = used == nil ? currency : try text(.unit, row, Limits.nameBytes) else {
      throw InvoiceError(line: row.line, "has no \(used == nil ? "currency" : "unit")")
    }
    let externalID = try text(.externalID, row, Limits.wordBytes)
    let name = try text(.lineID, row, Limits.wordBytes)
    if map.columns[.lineID] != nil, name == nil {
      throw InvoiceError(line: row.line, "has no line_id")
    }
    let content: JSON? = keepsRows || name ?? externalID == nil ? row.json : JSON?.none
    let bytes = content?.bytes ?? []
    guard bytes.count <= Limits.invoiceRowBytes else {
      throw InvoiceError(line: row.line, "longer than \(Limits.invoiceRowBytes) bytes")
    }
    return InvoiceLine(
      number: row.line,
      id: name ?? externalID ?? "row:" + Hex.text(SHA256.digest(bytes).bytes.prefix(16)),
      externalID: externalID, model: try text(.model, row, Limits.wordBytes), quantity: quantity,
      unit: unit, amount: amount, currency: currency,
      billedAt: try time(row), row: keepsRows ? content : JSON?.none)
  }

  private func text(
    _ field: InvoiceMap.Field, _ row: TableRow, _ bytesMax: Int
  ) throws(InvoiceError) -> String? {
    guard let text = value(field, row) else { return nil }
    guard text.utf8.count <= bytesMax else {
      throw InvoiceError(line: row.line, "\(field.rawValue) is longer than \(bytesMax) bytes")
    }
    return text
  }

  private func number(
    _ field: InvoiceMap.Field, _ row: TableRow
  ) throws(InvoiceError) -> Quantity? {
    guard let text = value(field, row) else { return nil }
    let digits = String(text.unicodeScalars.filter { !map.ignored.unicodeScalars.contains($0) })
    guard let quantity = Quantity(digits.trimmed) else {
      throw InvoiceError(
        line: row.line,
        "\(field.rawValue) \"\(InvoiceError.shown(text))\" is no decimal of up to "
          + "\(Quantity.wholeDigits) digits and \(Quantity.places) places")
    }
    return quantity
  }

  private func time(_ row: TableRow) throws(InvoiceError) -> Timestamp? {
    guard let text = value(.billedAt, row) else { return nil }
    // Times before 1970 are no times of an invoice.
    guard let time = map.time.moment(text), time.microseconds >= 0 else {
      throw InvoiceError(
        line: row.line, "billed_at \"\(InvoiceError.shown(text))\" is no time of the map's form")
    }
    return time
  }

  /// - Parameter derived: the line has no name of its own; a second one gets another.
  private mutating func add(_ line: InvoiceLine, derived: Bool) throws(InvoiceError) {
    var line = line
    if let index = known[line.id] {
      let first = invoice.lines[index]
      if derived {
        let base = line.id
        while known[line.id] != nil {
          namesakes[base, default: 1] += 1
          line.id = "\(base)#\(namesakes[base]!)"
        }
      } else if line.isSame(as: first) {
        invoice.repeated += 1
        return
      } else {
        throw InvoiceError(
          line: line.number,
          "\(InvoiceError.shown(line.id)) stands on line \(first.number) with other content")
      }
    }
    known[line.id] = invoice.lines.count
    invoice.lines.append(line)
  }
}

extension String {
  /// Without spaces and tabs at its ends.
  fileprivate var trimmed: String {
    let isSpace = { (byte: UInt8) in byte == 0x20 || byte == 0x09 }
    guard utf8.first.map(isSpace) == true || utf8.last.map(isSpace) == true else { return self }
    let start = utf8.drop(while: isSpace)
    let end = start.lastIndex { !isSpace($0) }.map { start.index(after: $0) } ?? start.startIndex
    return String(self[start.startIndex..<end])
  }
}
