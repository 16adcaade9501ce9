// The money of the log as a journal of plain-text accounting, for a judge that knows nothing of us:
// every group that moves credits is a transaction, and what accounts hold is asserted day by day.

import Wire

/// A journal in one of two dialects.
package struct JournalExport: ExportForm {
  private let dialect: JournalDialect
  private var commodity = ""
  private var names: [ChartAccount: String] = [:]
  private var balances: [ChartAccount: Credits] = [:]
  /// Accounts that moved since they were last asserted, in order of their first movement.
  private var moved: [ChartAccount] = []
  private var isMoved: Set<ChartAccount> = []
  /// The group being gathered, and where it lies.
  private var entry: JournalEntry?
  private var group: ClosedRange<Position> = 0...0
  /// The day of the newest transaction.
  private var day: (date: String, at: Timestamp)?
  /// The newest transaction's position.
  private var position: Position = 0

  package init(_ dialect: JournalDialect) { self.dialect = dialect }

  package mutating func begin(_ scope: ExportScope) -> [String] {
    commodity = JournalName.commodity(scope.unit)
    return dialect.preamble(scope, commodity: commodity, date: Self.date(scope.openedAt))
  }

  package mutating func lines(
    _ event: RecordedEvent, in snapshot: inout Snapshot
  ) throws -> [String] {
    let postings = event.postings.filter { $0.amount != .zero }
    if postings.isEmpty { return [] }
    var lines = entry != nil && group.contains(event.position) ? [] : transaction()
    if entry == nil {
      group = try snapshot.log.group(of: event.position)
      lines += newDay(event.time)
      entry = JournalEntry(
        date: Self.date(event.time), at: event.time, position: event.position, types: [],
        subject: try snapshot.subject(event.subject)?.name.description ?? "", postings: [])
    }
    entry?.types.append(event.event.type.name)
    for posting in postings {
      let (name, opening) = try name(posting.account, &snapshot)
      lines += opening
      entry?.postings.append((name, posting.amount))
      balances[posting.account, default: .zero] += posting.amount
      if isMoved.insert(posting.account).inserted { moved.append(posting.account) }
    }
    position = event.position
    return lines
  }

  package mutating func end() -> [String] {
    let lines = transaction()
    guard let day else { return lines }
    // Beancount asserts at a day's beginning, so the last word is said on the next day.
    let date =
      dialect == .beancount ? Self.date(day.at.advanced(seconds: 86_400)) : day.date
    return lines + assertions(date)
  }

  /// The gathered group, written.
  private mutating func transaction() -> [String] {
    guard let entry else { return [] }
    self.entry = nil
    return dialect.transaction(entry, commodity: commodity)
  }

  /// At the first transaction of a day: what the days before came to.
  private mutating func newDay(_ time: Timestamp) -> [String] {
    let date = Self.date(time)
    guard date != day?.date else { return [] }
    let isFirst = day == nil
    day = (date, time)
    return isFirst ? [] : assertions(date)
  }

  private mutating func assertions(_ date: String) -> [String] {
    let stated = moved.map { (names[$0] ?? "", balances[$0] ?? .zero) }
    moved = []
    isMoved = []
    return dialect.assertions(stated, commodity: commodity, date: date, after: position)
  }

  /// The name of an account, and its declaration when it is new.
  private mutating func name(
    _ account: ChartAccount, _ snapshot: inout Snapshot
  ) throws -> (String, [String]) {
    if let name = names[account] { return (name, []) }
    var owner: String?
    let name = try account.journalName { number in
      let id = try snapshot.subject(number)?.name.id ?? ""
      owner = id
      return id
    }
    names[account] = name
    let date = day?.date ?? ""
    return (name, dialect.opening(name, id: owner, commodity: commodity, date: date))
  }

  private static func date(_ time: Timestamp) -> String { String(time.description.prefix(10)) }
}
