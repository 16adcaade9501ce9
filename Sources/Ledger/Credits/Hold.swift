// Which buckets a job's credits came from, and where they went.

import Wire

/// The lines of a job's hold.
package struct Hold: Sendable, Equatable {
  /// One bucket's part, in draw order.
  package struct Line: Sendable, Equatable {
    package var bucket: Position
    /// Still reserved.
    package var open: Credits
    /// Charged, less what was refunded to this bucket.
    package var captured: Credits
  }

  package var lines: [Line] = []

  package init() {}

  package var open: Credits { lines.reduce(.zero) { $0 + $1.open } }
  /// Charged and not refunded.
  package var captured: Credits { lines.reduce(.zero) { $0 + $1.captured } }
}

extension Hold: Row {
  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    while !row.isAtEnd {
      lines.append(
        Line(bucket: row.varint(), open: row.packedCredits(), captured: row.packedCredits()))
    }
  }

  func encode(to bytes: inout [UInt8]) {
    for line in lines {
      bytes.append(varint: line.bucket)
      bytes.append(packed: line.open)
      bytes.append(packed: line.captured)
    }
  }
}
