// From when to when a provider's recorded invoices reach, and how sure they are.

package import Wire

/// A time that is billed without a gap.
package struct BilledSpan: Sendable, Equatable {
  /// First to last line, by the invoice's own times.
  package let range: ClosedRange<Timestamp>
  /// Its newest line's place in the log.
  package let last: Position
  /// Lines that no job was found for: any of them may be one that is missed.
  package let unmatched: UInt64

  package init(_ range: ClosedRange<Timestamp>, last: Position = 0, unmatched: UInt64 = 0) {
    self.range = range
    self.last = last
    self.unmatched = unmatched
  }

  init(_ row: RawSpan) {
    let first = Timestamp(microseconds: row.field(at: 0))
    self.init(
      first...max(first, Timestamp(microseconds: row.field(at: 8))), last: row.field(at: 16),
      unmatched: row.field(at: 24))
  }

  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: range.lowerBound.microseconds)
    bytes.append(littleEndian: range.upperBound.microseconds)
    bytes.append(littleEndian: last)
    bytes.append(littleEndian: unmatched)
    return bytes
  }

  func joined(with other: BilledSpan) -> BilledSpan {
    let lower = min(range.lowerBound, other.range.lowerBound)
    let upper = max(range.upperBound, other.range.upperBound)
    return BilledSpan(
      lower...upper, last: max(last, other.last), unmatched: unmatched + other.unmatched)
  }
}

/// All that is billed by a provider.
package struct BilledPeriod: Sendable, Equatable {
  /// In order of time; they neither touch nor overlap. Empty: nothing is recorded.
  package private(set) var spans: [BilledSpan] = []

  /// - Parameter invoices: what each of them bills, in any order.
  package init(_ invoices: [BilledSpan] = []) {
    for invoice in invoices.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
      if let last = spans.last, invoice.range.lowerBound <= last.range.upperBound {
        spans[spans.count - 1] = last.joined(with: invoice)
      } else {
        spans.append(invoice)
      }
    }
  }

  /// The span in which all of this time is billed: what the provider charges for in it stands on a
  /// line. Nil: part of it is on no recorded invoice.
  package func covering(_ time: ClosedRange<Timestamp>) -> BilledSpan? {
    spans.first {
      $0.range.lowerBound <= time.lowerBound && time.upperBound <= $0.range.upperBound
    }
  }
}
