// An account's sums after one of its postings, and the way back to the ones before. Rows are
// written at the end of their table, whoever they are of: sorted by account instead, every posting
// would touch a page of its own, and pages are what an append pays for.

import Wire

/// A row of `postings`, by position. Postings of one account are numbered from 1; each names the
/// one before it and, to get back far in few steps, the one whose number is its own without the
/// lowest bit that is set. A posting is found from the newest in about the square of the logarithm
/// of how many there are.
struct PostedSums {
  /// Number among the account's postings, from 1.
  let ordinal: UInt64
  /// The account's posting before this one; 0: it is the first.
  let previous: Position
  /// The account's posting with the number `ordinal & (ordinal - 1)`; 0: there is none.
  let skip: Position
  /// The account after it; of its buckets and marks nothing.
  private(set) var sums = Account()

  /// The ordinal at `skip`.
  var skipOrdinal: UInt64 { ordinal & (ordinal - 1) }

  /// - Parameter position: where the row stands. What does not lead back from there lies on a page
  ///   that is not what was written (`RowReader`).
  init(_ bytes: RawSpan, at position: Position) {
    var row = RowReader(bytes)
    ordinal = row.varint()
    let (back, far): (UInt64, UInt64) = (row.varint(), row.varint())
    guard ordinal > 0, back > 0, far > 0, back <= position, far <= position else {
      endOverDamagedViews()
    }
    previous = position - back
    skip = position - far
    sums.last = position
    sums.limit = row.packedCredits()
    sums.readSums(from: &row)
  }
}

extension Account {
  /// Counts a posting in.
  /// - Returns: the account's posting before it, and the one to skip to.
  mutating func post(at position: Position) -> (previous: Position, skip: Position) {
    let previous = last
    ordinal += 1
    // The marks are the postings named by the leading set bits of the number: a carry drops those
    // of the bits that it clears.
    let carried = ordinal.trailingZeroBitCount
    guard carried <= marks.count else { endOverDamagedViews() }
    marks.removeLast(carried)
    let skip = marks.last ?? 0
    guard previous < position, skip < position else { endOverDamagedViews() }
    marks.append(position)
    last = position
    return (previous, skip)
  }

  /// Writes the row of the posting just counted in.
  func encodePosting(_ way: (previous: Position, skip: Position), to bytes: inout [UInt8]) {
    bytes.append(varint: ordinal)
    bytes.append(varint: last - way.previous)
    bytes.append(varint: last - way.skip)
    bytes.append(packed: limit)
    appendSums(to: &bytes)
  }
}
