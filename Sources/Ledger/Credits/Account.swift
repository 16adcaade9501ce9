// Who pays, in sums. All gross but what can be derived.

import Wire

/// An account's sums and the buckets it can draw on.
package struct Account: Sendable, Equatable {
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
  /// Buckets with something available (or overdrawn), in draw order.
  package var buckets: [Position] = []

  package init() {}

  package var available: Credits { granted - expired - held - captured + refunded + adjusted }
}

extension Account: Row {
  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    opened = row.integer()
    last = row.integer()
    limit = row.credits()
    granted = row.credits()
    expired = row.credits()
    held = row.credits()
    captured = row.credits()
    refunded = row.credits()
    adjusted = row.credits()
    while !row.isAtEnd { buckets.append(row.integer()) }
  }

  func encode(to bytes: inout [UInt8]) {
    encodeSums(to: &bytes)
    for bucket in buckets { bytes.append(littleEndian: bucket) }
  }

  /// The row without its buckets: what is kept of every position.
  func encodeSums(to bytes: inout [UInt8]) {
    bytes.append(littleEndian: opened)
    bytes.append(littleEndian: last)
    for amount in [limit, granted, expired, held, captured, refunded, adjusted] {
      bytes.append(amount)
    }
  }
}
