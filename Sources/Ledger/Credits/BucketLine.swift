// One line of a credit event: how much of which bucket.

/// An amount of one bucket. A bucket is named by the position of the event that opened it.
package struct BucketLine: Sendable, Hashable, BitwiseCopyable {
  package var bucket: Position
  package var amount: Credits

  package init(bucket: Position, amount: Credits) {
    self.bucket = bucket
    self.amount = amount
  }
}

extension [BucketLine] {
  /// The sum of the amounts.
  package var total: Credits { reduce(.zero) { $0 + $1.amount } }
}
