// The rows of an app's table, from CSV or NDJSON, one after the other.

import Posix
import Wire

/// One row by column.
struct TableRow: Sendable {
  /// From 1; of the row's last line.
  let line: Int
  let values: Values

  enum Values: Sendable {
    case csv(columns: [String: Int], fields: [String])
    case json(JSON)
  }

  /// The row as an object; of CSV its fields by column.
  var json: JSON {
    switch values {
    case .json(let json): json
    case .csv(let columns, let fields):
      .object(
        JSONObject(
          columns.sorted { $0.value < $1.value }.compactMap { name, index in
            index < fields.count ? JSONObject.Member(name, .string(fields[index])) : nil
          }))
    }
  }

  /// A value as text; nil when it is absent, empty or null.
  subscript(_ column: String) -> String? {
    switch values {
    case .csv(let columns, let fields):
      guard let index = columns[column], index < fields.count else { return nil }
      return fields[index].isEmpty ? nil : fields[index]
    case .json(let json):
      let pointer = column.hasPrefix("/") ? JSONPointer(column) : nil
      switch pointer.map({ json.at($0) }) ?? json[column] {
      case .string(let text)?: return text.isEmpty ? nil : text
      case .number(let text)?: return text
      case .bool(let flag)?: return flag ? "true" : "false"
      default: return nil
      }
    }
  }
}

/// Reads a table.
struct TableReader: ~Copyable {
  /// The longest row, bytes.
  static let rowBytesMax = 4 << 20
  private var lines: LineReader
  private var format: ImportMap.Format?
  private var columns: [String: Int] = [:]
  private let bytesMax: UInt64
  /// The columns' names in order; nil before the first row, and for a table that has none.
  private(set) var header: [String]?

  /// - Parameter bytesMax: of the whole file.
  init(_ file: consuming File, _ format: ImportMap.Format?, bytesMax: UInt64 = .max) {
    lines = LineReader(file, bytesMax: TableReader.rowBytesMax)
    self.format = format
    self.bytesMax = bytesMax
  }

  /// The line read last.
  var line: Int { lines.number }

  /// The next row; nil at the end. Empty lines are passed over.
  /// - Throws: `ImportError`: what follows cannot be told from what came before.
  mutating func next() throws -> TableRow? {
    while var bytes = try lines.next() {
      guard lines.bytesRead <= bytesMax else {
        throw ImportError(line: lines.number, "the file has more than \(bytesMax) bytes; cut it")
      }
      if lines.number == 1 {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        if format == nil { format = bytes.first == UInt8(ascii: "{") ? .ndjson : .csv }
        if format == .csv {
          try readColumns(bytes)
          continue
        }
      }
      if bytes.isEmpty { continue }
      if format == .csv {
        let fields = try fields(bytes)
        return TableRow(line: lines.number, values: .csv(columns: columns, fields: fields))
      }
      do {
        let json = try JSON(
          parsing: bytes, limits: JSONLimits(bytes: TableReader.rowBytesMax, depth: 32))
        return TableRow(line: lines.number, values: .json(json))
      } catch {
        throw ImportError(line: lines.number, "\(error)")
      }
    }
    return nil
  }

  private mutating func readColumns(_ bytes: [UInt8]) throws {
    let names = try fields(bytes)
    header = names
    for (index, name) in names.enumerated() {
      guard columns.updateValue(index, forKey: name) == nil else {
        throw ImportError(line: 1, "two columns have one name")
      }
    }
  }

  /// Fields of a row, which may go on over several lines.
  private mutating func fields(_ first: [UInt8]) throws -> [String] {
    var bytes = first
    while true {
      do {
        if let fields = try CSVRow.fields(bytes) { return fields }
      } catch {
        throw ImportError(line: lines.number, "\(error)")
      }
      // A quote is open. Only a line with an odd number of quotes can close it, so that a row of
      // very many lines is not read anew for each of them.
      var isOpen = true
      while isOpen {
        guard let more = try lines.next() else {
          throw ImportError(line: lines.number, "the file ends inside a quoted field")
        }
        bytes += [0x0A] + more
        guard bytes.count <= TableReader.rowBytesMax else {
          throw ImportError(line: lines.number, "longer than \(TableReader.rowBytesMax) bytes")
        }
        isOpen = more.count { $0 == UInt8(ascii: "\"") }.isMultiple(of: 2)
      }
    }
  }
}
