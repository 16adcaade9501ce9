// What a hook is still to be told: in order for each job, and no job waits for another. Pure.

package import Ledger
package import Wire

/// Events that wait to be delivered to one hook.
package struct HookQueue: Sendable {
  /// Events that may wait here; the others wait in the log.
  package static let waitingMax = 1000

  private struct Item {
    let event: HookEvent
    /// Its first failure.
    var failedAt: Timestamp?
    var nextAt: Timestamp?
    /// Sent, and its answer not recorded yet.
    var isOut = false
  }

  /// Oldest first.
  private var items: [Item] = []
  /// Every event up to here is here, or was settled.
  package private(set) var scanned: Position

  package init(after position: Position) { scanned = position }

  package var count: Int { items.count }
  package var room: Int { HookQueue.waitingMax - items.count }
  package var oldest: HookEvent? { items.first?.event }
  /// Messages under way.
  package var out: Int { items.count { $0.isOut } }

  /// Everything up to here is settled.
  package var through: Position { items.first.map { $0.event.position - 1 } ?? scanned }

  /// - Parameter failedAt: when it failed first; nil: it was not tried yet.
  package mutating func add(_ event: HookEvent, failedAt: Timestamp? = nil) {
    items.append(Item(event: event, failedAt: failedAt))
  }

  package mutating func advance(to position: Position) { scanned = max(scanned, position) }

  /// The next events to be sent: of each job its first one, when its time has come.
  package mutating func take(_ limit: Int, now: Timestamp) -> [HookEvent] {
    guard limit > 0 else { return [] }
    var seen: Set<SubjectNumber> = []
    var taken: [HookEvent] = []
    for index in items.indices {
      guard seen.insert(items[index].event.job).inserted, !items[index].isOut,
        items[index].nextAt.map({ $0 <= now }) ?? true
      else { continue }
      items[index].isOut = true
      taken.append(items[index].event)
      if taken.count == limit { break }
    }
    return taken
  }

  /// When an event can be sent first; nil: none waits for its time.
  package func nextAt(now: Timestamp) -> Timestamp? {
    var seen: Set<SubjectNumber> = []
    var earliest: Timestamp?
    for item in items where seen.insert(item.event.job).inserted && !item.isOut {
      let time = max(item.nextAt ?? now, now)
      earliest = min(earliest ?? time, time)
      if earliest == now { break }
    }
    return earliest
  }

  /// Whether it is under way, or its outcome not recorded yet.
  package func isOut(_ position: Position) -> Bool {
    index(position).map { items[$0].isOut } ?? false
  }

  /// The first failure of an event that waits here.
  package func failedAt(_ position: Position) -> Timestamp? {
    index(position).flatMap { items[$0].failedAt }
  }

  /// It did not arrive, and is sent again.
  package mutating func postpone(_ position: Position, failedAt: Timestamp, until time: Timestamp) {
    guard let index = index(position) else { return }
    items[index].failedAt = failedAt
    items[index].nextAt = time
    items[index].isOut = false
  }

  /// It arrived, or is given up.
  package mutating func settle(_ position: Position) {
    if let index = index(position) { items.remove(at: index) }
  }

  /// The receiver is back: nobody waits any longer.
  package mutating func hurry() {
    for index in items.indices { items[index].nextAt = nil }
  }

  private func index(_ position: Position) -> Int? {
    items.firstIndex { $0.event.position == position }
  }
}
