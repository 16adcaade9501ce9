// Who has what, as it is shown: balances, and an account with its buckets.

package import Wire

/// An account at the books' head, or as it was at an earlier position.
package struct AccountStatus: Sendable {
  /// Credits given at one time, with what is left of them.
  package struct Grant: Sendable {
    /// The position of the event that gave them.
    package let position: Position
    package let available: Credits
    package let priority: Int64
    package let expires: Timestamp?
  }

  package let id: String
  /// What one credit is called.
  package let unit: String
  package let account: Account
  package let openedAt: Timestamp?
  /// What can be drawn on, in draw order.
  package let grants: [Grant]
  /// The books' end.
  package let head: Position
  /// The position that the sums are of.
  package let asOf: Position
}

extension AccountStatus {
  /// An account before it was there.
  package static func empty(_ id: String, asOf position: Position) -> AccountStatus {
    AccountStatus(
      id: id, unit: "", account: Account(), openedAt: nil, grants: [], head: position,
      asOf: position)
  }

  /// The contract's fields of `balance`: all gross but available and held.
  package var balance: JSON {
    [
      "account": .string(id), "unit": .string(unit), "available": .credits(account.available),
      "held": .credits(account.held), "captured": .credits(account.captured),
      "granted": .credits(account.granted), "refunded": .credits(account.refunded),
      "expired": .credits(account.expired), "adjusted": .credits(account.adjusted),
      "as_of": .int(asOf),
    ]
  }

  /// The balance, and besides it what it is made of.
  package var json: JSON {
    guard var object = balance.object else { return balance }
    object["limit"] = .credits(account.limit)
    object["opened_at"] = .time(openedAt)
    object["buckets"] = .array(
      grants.map { grant in
        [
          "bucket": .int(grant.position), "available": .credits(grant.available),
          "priority": .int(grant.priority), "expires_at": .time(grant.expires),
        ]
      })
    return .object(object)
  }
}

extension Snapshot {
  /// What one credit is called in this ledger.
  package func unit() throws -> String {
    guard case .ledgerOpened(let body)? = try log.event(at: 1)?.event else { return "credits" }
    return body.unit
  }

  /// An account by number; nil when there is none.
  package mutating func accountStatus(
    _ number: SubjectNumber, unit: String
  ) throws -> AccountStatus? {
    guard let account = try account(number), let subject = try subject(number) else { return nil }
    var grants: [AccountStatus.Grant] = []
    for position in account.buckets {
      guard let bucket = try views.bucket(position) else { continue }
      grants.append(
        AccountStatus.Grant(
          position: position, available: bucket.available, priority: bucket.priority,
          expires: bucket.expires))
    }
    return AccountStatus(
      id: subject.name.id, unit: unit, account: account,
      openedAt: try log.event(at: account.opened)?.time, grants: grants, head: head, asOf: head)
  }

  /// An account by its text id; nil when there is none.
  package mutating func accountStatus(_ id: String) throws -> AccountStatus? {
    guard let number = try accountNumber(id) else { return nil }
    return try accountStatus(number, unit: try unit())
  }

  /// Every account, oldest first.
  package mutating func accountStatuses() throws -> [AccountStatus] {
    var numbers: [SubjectNumber] = []
    try accounts { number, _ in
      numbers.append(number)
      return true
    }
    let unit = try unit()
    return try numbers.compactMap { try accountStatus($0, unit: unit) }
  }
}
