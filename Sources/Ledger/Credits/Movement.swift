// A credit event, seen as one kind of movement over some lines: what the books add up.

import Wire

/// What a credit event moves.
struct Movement: Sendable, Equatable {
  enum Kind: Sendable, Hashable {
    case granted, held, captured, released, refunded, expired, adjusted
  }

  let kind: Kind
  let account: SubjectNumber
  let amount: Credits
  let lines: [BucketLine]
  /// The bucket that the event opens, named by its own position.
  let opens: Bucket?

  /// Nil for an event that moves no credits.
  init?(_ event: RecordedEvent) {
    switch event.event {
    case .creditGranted(let body):
      (kind, account, amount, lines) = (.granted, body.account, body.amount, body.lines)
      opens = Bucket(account: account, priority: body.priority ?? 0, expires: body.expires)
    case .creditHeld(let body):
      (kind, account, amount, lines) = (.held, body.account, body.amount, body.lines)
      opens = nil
    case .creditCaptured(let body):
      (kind, account, amount, lines) = (.captured, body.account, body.amount, body.lines)
      opens = nil
    case .creditReleased(let body):
      (kind, account, amount, lines) = (.released, body.account, body.amount, body.lines)
      opens = nil
    case .creditRefunded(let body):
      (kind, account, amount, lines) = (.refunded, body.account, body.amount, body.lines)
      opens = Movement.opened(by: event, body.lines, body.account)
    case .creditExpired(let body):
      (kind, account, amount, lines) = (.expired, body.account, body.amount, body.lines)
      opens = nil
    case .creditAdjusted(let body):
      (kind, account, amount, lines) = (.adjusted, body.account, body.amount, body.lines)
      opens = Movement.opened(by: event, body.lines, body.account)
    default: return nil
    }
  }

  /// A refund or adjustment opens a bucket when a line names the event's own position.
  private static func opened(
    by event: RecordedEvent, _ lines: [BucketLine], _ account: SubjectNumber
  ) -> Bucket? {
    lines.contains { $0.bucket == event.position } ? Bucket(account: account) : nil
  }

  var touchesHold: Bool { [.held, .captured, .released, .refunded].contains(kind) }

  func apply(_ amount: Credits, to sums: inout some CreditSums) {
    switch kind {
    case .granted: sums.granted += amount
    case .held: sums.held += amount
    case .captured:
      sums.held -= amount
      sums.captured += amount
    case .released: sums.held -= amount
    case .refunded: sums.refunded += amount
    case .expired: sums.expired += amount
    case .adjusted: sums.adjusted += amount
    }
  }
}

extension Hold {
  /// Moves the lines as a credit event says.
  /// - Returns: false when the hold does not have what the event takes.
  mutating func apply(_ movement: Movement, at position: Position) -> Bool {
    guard movement.kind != .refunded else { return refund(movement, at: position) }
    for line in movement.lines {
      if movement.kind == .held {
        lines.append(Line(bucket: line.bucket, open: line.amount, captured: .zero))
        continue
      }
      guard let index = lines.firstIndex(where: { $0.bucket == line.bucket && $0.open > .zero }),
        lines[index].open >= line.amount
      else { return false }
      lines[index].open -= line.amount
      if movement.kind == .captured { lines[index].captured += line.amount }
    }
    return true
  }

  /// Refunds into the buckets named; what goes into a new bucket is taken from the last lines,
  /// the reverse of the draw order.
  private mutating func refund(_ movement: Movement, at position: Position) -> Bool {
    var elsewhere = Credits.zero
    for line in movement.lines {
      if line.bucket == position {
        elsewhere += line.amount
        continue
      }
      guard
        let index = lines.lastIndex(where: {
          $0.bucket == line.bucket && $0.captured > .zero
        }), lines[index].captured >= line.amount
      else { return false }
      lines[index].captured -= line.amount
    }
    for index in lines.indices.reversed() where elsewhere > .zero {
      let part = min(elsewhere, lines[index].captured)
      lines[index].captured -= part
      elsewhere -= part
    }
    return elsewhere == .zero
  }
}
