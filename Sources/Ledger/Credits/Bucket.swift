// Credits given at one time, with their own priority and end.

package import Wire

/// A bucket of an account. Named by the position of the event that opened it.
package struct Bucket: CreditSums, Sendable, Equatable {
  package var account: SubjectNumber
  /// Drawn first when lower.
  package var priority: Int64
  /// When its unheld credits end; nil: never.
  package var expires: Timestamp?
  package var granted: Credits = .zero
  package var expired: Credits = .zero
  package var held: Credits = .zero
  package var captured: Credits = .zero
  package var refunded: Credits = .zero
  package var adjusted: Credits = .zero

  package init(account: SubjectNumber, priority: Int64 = 0, expires: Timestamp? = nil) {
    self.account = account
    self.priority = priority
    self.expires = expires
  }

  /// When what is available now comes to its end; nil: never, or there is nothing.
  var nextEnd: Timestamp? { available > .zero ? expires : nil }

  /// Draw order: lower priority first, then earlier end, then earlier position.
  static func precedes(
    _ left: (position: Position, bucket: Bucket), _ right: (position: Position, bucket: Bucket)
  ) -> Bool {
    let ends = (left.bucket.expires ?? .never, right.bucket.expires ?? .never)
    return (left.bucket.priority, ends.0, left.position)
      < (right.bucket.priority, ends.1, right.position)
  }
}

extension Timestamp {
  /// Later than every moment.
  static let never = Timestamp(microseconds: .max)
}

extension Bucket: Row {
  /// What the list of ends sorts it by.
  var listed: Timestamp? { nextEnd }

  init() { self.init(account: 0) }

  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    account = row.varint()
    priority = row.zigzag()
    expires = row.time()
    readSums(from: &row)
  }

  func encode(to bytes: inout [UInt8]) {
    bytes.append(varint: account)
    bytes.append(zigzag: priority)
    bytes.append(expires)
    appendSums(to: &bytes)
  }
}
