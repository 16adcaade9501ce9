// Who reads an environment right now, and which state they pin.

import CLMDB

/// A used slot of the reader table.
package struct ReaderSlot: Sendable, Equatable {
  package let processID: Int32
  /// The transaction that it sees; nil while it reads nothing.
  package let transaction: UInt64?

  package init(processID: Int32, transaction: UInt64?) {
    self.processID = processID
    self.transaction = transaction
  }

  /// A line of `mdb_reader_list`: process, thread in hexadecimal, transaction or `-`. Nil for its
  /// heading and for "(no active readers)".
  package init?(line: some StringProtocol) {
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count == 3, let processID = Int32(words[0]), processID > 0 else { return nil }
    self.init(processID: processID, transaction: UInt64(words[2]))
  }
}

extension Environment {
  /// Every used slot, those of processes that are gone included (`clearDeadReaders` frees them).
  package func readerSlots() throws(LMDBError) -> [ReaderSlot] {
    final class Text { var bytes: [UInt8] = [] }
    let text = Text()
    let code = unsafe mdb_reader_list(
      handle,
      { line, context in
        let text = unsafe Unmanaged<Text>.fromOpaque(context!).takeUnretainedValue()
        unsafe text.bytes += String(cString: line!).utf8
        return 0
      }, Unmanaged.passUnretained(text).toOpaque())
    guard code >= 0 else { throw LMDBError(code: code, operation: "mdb_reader_list") }
    return String(decoding: text.bytes, as: UTF8.self).split(separator: "\n")
      .compactMap { ReaderSlot(line: $0) }
  }
}
