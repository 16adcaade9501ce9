// Refunds and corrections: what a person gives back or takes away later (PRODUCT.md, "Money").

import Wire

extension Teller {
  /// Gives a charge back, in the reverse of the draw order. What came from a bucket that has ended
  /// opens a new one without an end, named by the refund's own position.
  /// - Parameters:
  ///   - amount: at most what the hold's lines have captured.
  ///   - position: where the event will stand.
  mutating func refund(
    _ amount: Credits, at position: Position, reason: String?
  ) -> CreditRefunded {
    // The job's row said that so much was charged.
    guard amount <= hold.captured else { endOverDamagedViews() }
    var rest = amount
    var elsewhere = Credits.zero
    var lines: [BucketLine] = []
    for line in hold.lines.reversed() where rest > .zero && line.captured > .zero {
      let part = min(rest, line.captured)
      rest -= part
      if hasEnded(line.bucket) {
        elsewhere += part
      } else {
        lines.append(BucketLine(bucket: line.bucket, amount: part))
      }
    }
    if elsewhere > .zero { lines.append(BucketLine(bucket: position, amount: elsewhere)) }
    return CreditRefunded(
      amount: amount, lines: lines, account: number, reason: reason.map { BlobReference($0) })
  }

  /// Gives or takes away by a person's decision: more than zero opens a bucket of its own, less
  /// drains the others in draw order and then the limit, never further.
  /// - Parameter position: where the event will stand.
  mutating func adjust(
    by amount: Credits, at position: Position, reason: String?
  ) throws(Refusal) -> CreditAdjusted {
    let lines =
      amount > .zero
      ? [BucketLine(bucket: position, amount: amount)]
      : try draw(-amount).map { BucketLine(bucket: $0.bucket, amount: -$0.amount) }
    return CreditAdjusted(
      amount: amount, lines: lines, account: number, reason: reason.map { BlobReference($0) })
  }
}
