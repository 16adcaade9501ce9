// Provider names as small numbers, so that a job's row has a fixed length.

import LMDB
import Wire

/// Projection: provider number → name, in order of first appearance in the log.
struct Providers: Sendable {
  private struct Name: Row {
    var text = ""
    init() {}
    init(_ text: String) { self.text = text }
    init(_ bytes: RawSpan) {
      var row = RowReader(bytes)
      text = row.text()
    }
    func encode(to bytes: inout [UInt8]) { bytes.append(contentsOf: text.utf8) }
  }

  private var rows = RowCache<Name>(.providers)
  private(set) var count: UInt32

  init(count: UInt32) { self.count = count }

  mutating func name<Source: RowSource & ~Copyable>(
    _ number: UInt32, in source: borrowing Source
  ) throws(LMDBError) -> String {
    try rows.row(UInt64(number), in: source)?.text ?? ""
  }

  /// The name's number; a new name gets the next one. There are a handful: looked through in turn.
  mutating func number<Source: RowSource & ~Copyable>(
    of name: String, in source: borrowing Source
  ) throws(LMDBError) -> UInt32 {
    for number in 0..<count where try self.name(number + 1, in: source) == name {
      return number + 1
    }
    count += 1
    rows.set(UInt64(count), Name(name))
    return count
  }

  mutating func flush(
    into stored: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    try rows.flush(into: stored, isNew: isNew)
  }
}
