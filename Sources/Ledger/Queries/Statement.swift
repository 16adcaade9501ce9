// An account's movements with the balance after each: what finance asks for.

package import Wire

/// One movement of an account.
package struct StatementLine: Sendable {
  package let position: Position
  package let at: Timestamp
  package let type: EventType
  /// The job it is about; nil where it is about the account alone.
  package let job: String?
  /// As the event says; of a correction signed.
  package let amount: Credits
  /// What it added to available and to held; less than zero: took from it.
  package let availableChange: Credits
  package let heldChange: Credits
  /// What there was after it.
  package let available: Credits
  package let held: Credits
  /// Why, where a person said so; nil also when it was erased.
  package let reason: String?
}

extension Snapshot {
  /// Movements of an account after one position and through another, in order.
  /// - Parameter limit: postings looked at; the next page begins after `last`.
  /// - Returns: the lines and the last posting looked at; nil when there was none.
  package mutating func statement(
    of number: SubjectNumber, after: Position, through last: Position, limit: Int
  ) throws -> (lines: [StatementLine], last: Position?) {
    let rows = try postings(of: number, after: after, through: last, limit: limit)
    var lines: [StatementLine] = []
    for account in rows {
      guard let event = try log.event(at: account.last), let movement = Movement(event) else {
        continue
      }
      let subject = try subject(event.subject)?.name
      func change(_ side: ChartAccount) -> Credits {
        movement.postings.reduce(.zero) { $1.account == side ? $0 + $1.amount : $0 }
      }
      lines.append(
        StatementLine(
          position: event.position, at: event.time, type: event.event.type,
          job: subject?.kind == .job ? subject?.id : nil, amount: movement.amount,
          availableChange: change(.available(number)), heldChange: change(.held(number)),
          available: account.available, held: account.held,
          reason: try event.event.reason.flatMap { try text($0) }))
    }
    return (lines, rows.last?.last)
  }
}

extension Event {
  /// A person's words for a movement of credits.
  fileprivate var reason: BlobReference? {
    switch self {
    case .creditGranted(let body): body.reason
    case .creditRefunded(let body): body.reason
    case .creditAdjusted(let body): body.reason
    default: nil
    }
  }
}

extension StatementLine {
  /// A line as data. The lines `opening` and `closing` have the same members.
  package func json(account: String) -> JSON {
    [
      "account": .string(account), "entry": "movement", "position": .int(position),
      "at": .time(at), "type": .string(type.name), "job": .text(job), "amount": .credits(amount),
      "available_change": .credits(availableChange), "held_change": .credits(heldChange),
      "available": .credits(available), "held": .credits(held), "reason": .text(reason),
    ]
  }
}

extension AccountStatus {
  /// The balance as the first or the last line of a statement.
  package func statementLine(_ entry: String) -> JSON {
    [
      "account": .string(id), "entry": .string(entry), "position": .int(asOf), "at": .null,
      "type": .null, "job": .null, "amount": .null, "available_change": .null,
      "held_change": .null, "available": .credits(account.available),
      "held": .credits(account.held), "reason": .null,
    ]
  }
}
