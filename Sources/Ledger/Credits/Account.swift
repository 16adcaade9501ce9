// Who pays, in sums. All gross but what can be derived.

import Wire

/// An account's sums and the buckets it can draw on.
package struct Account: CreditSums, Sendable, Equatable {
  /// account.opened.
  package var opened: Position = 0
  /// The newest credit event.
  package var last: Position = 0
  /// How far the balance may go below zero.
  package var limit: Credits = .zero
  package var granted: Credits = .zero
  package var expired: Credits = .zero
  /// Reserved now.
  package var held: Credits = .zero
  package var captured: Credits = .zero
  package var refunded: Credits = .zero
  package var adjusted: Credits = .zero
  /// How many postings there were, and those among them from which earlier ones are found
  /// (`PostedSums`).
  var ordinal: UInt64 = 0
  var marks: [Position] = []
  /// Buckets with something available (or overdrawn), in draw order.
  package var buckets: [Position] = []

  package init() {}
}

extension Account: Row {
  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    opened = row.varint()
    last = row.varint()
    ordinal = row.varint()
    limit = row.packedCredits()
    readSums(from: &row)
    for _ in 0..<ordinal.nonzeroBitCount { marks.append(row.varint()) }
    while !row.isAtEnd { buckets.append(row.varint()) }
  }

  func encode(to bytes: inout [UInt8]) {
    bytes.append(varint: opened)
    bytes.append(varint: last)
    bytes.append(varint: ordinal)
    bytes.append(packed: limit)
    appendSums(to: &bytes)
    for mark in marks { bytes.append(varint: mark) }
    for bucket in buckets { bytes.append(varint: bucket) }
  }
}
