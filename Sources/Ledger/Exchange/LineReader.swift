// Lines of a file or a pipe, one after the other, each within a bound: what is read may be of any
// size and from anybody.

package import Posix

/// Reads lines without their ends (LF or CRLF).
package struct LineReader: ~Copyable {
  private let file: File
  private let bytesMax: Int
  private var buffer: [UInt8] = []
  /// Where the next line begins in `buffer`.
  private var start = 0
  private var isAtEnd = false
  /// The line returned last, from 1.
  package private(set) var number = 0
  /// Bytes read of the file so far.
  package private(set) var bytesRead: UInt64 = 0

  /// - Parameter bytesMax: the longest line that is accepted.
  package init(_ file: consuming File, bytesMax: Int) {
    self.file = file
    self.bytesMax = bytesMax
  }

  /// The next line; nil at the end.
  /// - Throws: `ImportError` for a line beyond the bound; `PosixError`.
  package mutating func next() throws -> [UInt8]? {
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0A) {
        let line = try cut(start..<end)
        start = end + 1
        return line
      }
      searched = buffer.count
      guard !isAtEnd else {
        guard start < buffer.count else { return nil }
        let line = try cut(start..<buffer.count)
        start = buffer.count
        return line
      }
      guard buffer.count - start <= bytesMax else { throw tooLong }
      if start > 0 {
        buffer.removeFirst(start)
        (searched, start) = (searched - start, 0)
      }
      let more = try file.readSome(limit: 1 << 20)
      isAtEnd = more.isEmpty
      bytesRead += UInt64(more.count)
      buffer += more
    }
  }

  private mutating func cut(_ range: Range<Int>) throws -> [UInt8] {
    guard range.count <= bytesMax else { throw tooLong }
    number += 1
    var line = buffer[range]
    if line.last == 0x0D { line.removeLast() }
    return Array(line)
  }

  private var tooLong: ImportError {
    ImportError(line: number + 1, "longer than \(bytesMax) bytes")
  }
}
