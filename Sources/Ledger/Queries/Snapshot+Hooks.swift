// What a hook is to be told, and what the log says it was told already.

package import Wire

/// An event that a hook is told of.
package struct HookEvent: Sendable, Equatable {
  package let position: Position
  package let job: SubjectNumber
  /// When it was recorded.
  package let at: Timestamp

  package init(position: Position, job: SubjectNumber, at: Timestamp) {
    self.position = position
    self.job = job
    self.at = at
  }
}

/// What the log says of one job's deliveries to a hook.
package struct HookHistory: Sendable, Equatable {
  /// Positions of events that arrived.
  package var delivered: Set<Position> = []
  /// By event: how many failures were recorded, and when the first was. The second one means that
  /// it was given up.
  package var failures: [Position: (count: Int, first: Timestamp)] = [:]

  package func isSettled(_ position: Position) -> Bool {
    delivered.contains(position) || failures[position].map { $0.count > 1 } ?? false
  }

  package static func == (left: HookHistory, right: HookHistory) -> Bool {
    left.delivered == right.delivered
      && left.failures.mapValues { $0.count } == right.failures.mapValues { $0.count }
  }
}

extension Hook {
  /// Whether what was recorded at `position` of an event counts no more, because the event was
  /// asked for once more since.
  fileprivate func isAskedAgain(_ event: Position, at position: Position) -> Bool {
    resent.map { position <= $0.at && event > $0.after } ?? false
  }
}

extension Snapshot {
  /// Events that a hook is told of, in order.
  /// - Parameters:
  ///   - records: looked at, at most.
  ///   - limit: found, at most.
  /// - Returns: also how far that reached.
  package mutating func events(
    for hook: Hook, after: Position, records: Position = .max, limit: Int
  ) throws -> (events: [HookEvent], scanned: Position) {
    let last = min(head, after + min(records, .max - after))
    guard last > after, limit > 0 else { return ([], after) }
    var found: [HookEvent] = []
    var place = after
    while place < last, found.count < limit {
      let page = try page(of: hook.types, after: place, through: last, limit: limit - found.count)
      for event in page.events where try isMeant(event, hook) { found.append(event) }
      place = page.scanned
    }
    return (found, place)
  }

  private func page(
    of types: Set<EventType>, after: Position, through last: Position, limit: Int
  ) throws -> (events: [HookEvent], scanned: Position) {
    var events: [HookEvent] = []
    var scanned = last
    try log.scan(from: after + 1, through: last) { position, record in
      let header = record.header
      if let type = EventType(rawValue: header.type), types.contains(type) {
        events.append(HookEvent(position: position, job: header.subject, at: header.time))
      }
      guard events.count < limit else {
        scanned = position
        return false
      }
      return true
    }
    return (events, scanned)
  }

  private mutating func isMeant(_ event: HookEvent, _ hook: Hook) throws -> Bool {
    guard hook.account != nil else { return true }
    guard let account = try job(event.job)?.account else { return false }
    return hook.matches(account: try subject(account)?.name.id)
  }

  /// What was recorded of deliveries of a job's events behind `after`, as far as it still counts.
  package mutating func hookHistory(
    of job: SubjectNumber, _ hook: Hook, after: Position
  ) throws -> HookHistory {
    var history = HookHistory()
    for position in try chain(of: job, after: after) {
      guard let event = try log.event(at: position) else { continue }
      switch event.event {
      case .jobDelivered(let body):
        guard body.channel == .hook, body.consumer == hook.name, let through = body.through else {
          continue
        }
        if !hook.isAskedAgain(through, at: position) { history.delivered.insert(through) }
      case .jobDeliveryFailed(let body):
        let told = event.envelope.cause
        guard body.channel == .hook, body.consumer == hook.name, position > hook.retriedAt,
          !hook.isAskedAgain(told, at: position)
        else { continue }
        let before = history.failures[told]
        history.failures[told] =
          ((before?.count ?? 0) + 1, before?.first ?? event.time)
      default: break
      }
    }
    return history
  }
}
