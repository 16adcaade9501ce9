// The product's money rules once more, in plain values, written from their description and not from
// the code: what the random histories are judged by.

import Ledger
import Wire

/// An account as the rules describe it. Amounts in micro-credits.
struct ModelAccount: Equatable {
  struct Bucket: Equatable {
    /// Order of the grants.
    let number: Int
    let priority: Int64
    let expires: Timestamp?
    var available: Int64
  }

  var limit: Int64 = 0
  var buckets: [Bucket] = []
  /// Drawn from the limit, held or charged.
  var overdrawn: Int64 = 0
  var granted: Int64 = 0
  var expired: Int64 = 0
  var held: Int64 = 0
  var captured: Int64 = 0
  var refunded: Int64 = 0
  var adjusted: Int64 = 0

  var available: Int64 { granted - expired - held - captured + refunded + adjusted }

  /// What has ended by `now` and is not held.
  mutating func expire(_ now: Timestamp) -> Int64 {
    var sum: Int64 = 0
    for index in buckets.indices where buckets[index].hasEnded(now) {
      sum += buckets[index].available
      buckets[index].available = 0
    }
    expired += sum
    return sum
  }

  mutating func grant(_ grant: Grant, until end: Timestamp?, number: Int) {
    granted += grant.amount.micros
    open(
      Bucket(
        number: number, priority: grant.priority, expires: end,
        available: grant.amount.micros))
  }

  private mutating func open(_ bucket: Bucket) {
    buckets.append(bucket)
    buckets.sort { left, right in
      let ends = (left.expires?.microseconds ?? .max, right.expires?.microseconds ?? .max)
      return (left.priority, ends.0, left.number) < (right.priority, ends.1, right.number)
    }
  }

  /// Reserves by draw order, then from the limit; nil when there is not enough.
  mutating func hold(_ amount: Int64) -> [ModelLine]? {
    guard let lines = draw(amount) else { return nil }
    held += amount
    return lines
  }

  /// A person's correction; false when it takes more than there is.
  mutating func adjust(by amount: Int64, number: Int) -> Bool {
    if amount > 0 {
      open(Bucket(number: number, priority: 0, expires: nil, available: amount))
    } else if draw(-amount) == nil {
      return false
    }
    adjusted += amount
    return true
  }

  /// Gives back what these lines were charged, last drawn first; what came from a bucket that has
  /// ended goes into a new one.
  mutating func refund(
    _ amount: Int64, of lines: inout [ModelLine], number: Int, _ now: Timestamp
  ) {
    var rest = amount
    var elsewhere: Int64 = 0
    for place in lines.indices.reversed() {
      let part = min(rest, lines[place].amount)
      lines[place].amount -= part
      rest -= part
      guard let bucket = buckets.firstIndex(where: { $0.number == lines[place].bucket }) else {
        overdrawn -= part
        continue
      }
      if buckets[bucket].expires.map({ $0 <= now }) ?? false {
        elsewhere += part
      } else {
        buckets[bucket].available += part
      }
    }
    if elsewhere > 0 {
      open(Bucket(number: number, priority: 0, expires: nil, available: elsewhere))
    }
    refunded += amount
  }

  private mutating func draw(_ amount: Int64) -> [ModelLine]? {
    guard available + limit >= amount else { return nil }
    var rest = amount
    var lines: [ModelLine] = []
    for index in buckets.indices where rest > 0 && buckets[index].available > 0 {
      let part = min(rest, buckets[index].available)
      buckets[index].available -= part
      rest -= part
      lines.append(ModelLine(bucket: buckets[index].number, amount: part))
    }
    if rest > 0 {
      overdrawn += rest
      lines.append(ModelLine(bucket: nil, amount: rest))
    }
    return lines
  }

  /// Charges `charge` of a hold in draw order and gives the rest back.
  /// - Returns: what was given back, how much of that had ended, and what was charged to what.
  mutating func settle(
    _ lines: [ModelLine], charge: Int64, _ now: Timestamp
  ) -> (released: Int64, ended: Int64, charged: [ModelLine]) {
    var toCharge = charge
    var charged: [ModelLine] = []
    var (released, ended): (Int64, Int64) = (0, 0)
    for line in lines {
      let part = min(toCharge, line.amount)
      toCharge -= part
      if part > 0 { charged.append(ModelLine(bucket: line.bucket, amount: part)) }
      let back = line.amount - part
      released += back
      guard let number = line.bucket,
        let index = buckets.firstIndex(where: { $0.number == number })
      else {
        overdrawn -= back
        continue
      }
      if buckets[index].expires.map({ $0 <= now }) ?? false {
        ended += back
      } else {
        buckets[index].available += back
      }
    }
    held -= charge + released
    captured += charge
    expired += ended
    return (released, ended, charged)
  }
}

/// A hold's part of one bucket; nil: of the account's limit.
struct ModelLine: Equatable {
  var bucket: Int?
  var amount: Int64
}

extension ModelAccount.Bucket {
  fileprivate func hasEnded(_ now: Timestamp) -> Bool {
    available > 0 && expires.map { $0 <= now } ?? false
  }
}
