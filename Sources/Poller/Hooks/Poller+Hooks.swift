// Telling hooks: what the log has for them goes out, within their own lanes, beside the polls.

import HTTP
import Ledger
import Wire

extension Poller {
  /// Looks after every hook: what is new in the log, what may leave.
  func tendHooks(_ snapshot: inout Snapshot, _ now: Timestamp) throws {
    lookAtHooks(now)
    guard !desk.hooks.isEmpty else { return }
    let incarnation = try snapshot.incarnation
    let names = desk.hooks.map(\.name)
    desk.turn = (desk.turn + 1) % names.count
    for name in names[desk.turn...] + names[..<desk.turn] {
      try open(name, incarnation, &snapshot, now)
      try scan(name, &snapshot)
      try send(name, &snapshot, now)
      keep(name, now)
    }
  }

  /// Reads config.json when it has changed.
  private func lookAtHooks(_ now: Timestamp) {
    if let last = desk.lookedAt, (0..<HookDesk.lookSeconds).contains(now.seconds(since: last)) {
      return
    }
    desk.lookedAt = now
    do {
      let stamp = try ConfigurationStamp(of: books.home)
      guard stamp != desk.stamp else { return }
      desk.hooks = try Configuration.read(books.home).hooks
      desk.stamp = stamp
    } catch {
      return tellOnce(.warning, "hooks stay as they were: \(error)")
    }
    let names = Set(desk.hooks.map(\.name))
    desk.counters = desk.counters.filter { names.contains($0.key) }
    for hook in desk.hooks { refresh(hook) }
  }

  /// A hook that was only disabled keeps what is known of it; any other change begins anew.
  private func refresh(_ hook: Hook) {
    guard var known = desk.counters[hook.name]?.hook else { return }
    known.disabled = hook.disabled
    if known == hook {
      desk.counters[hook.name]?.hook = hook
    } else {
      desk.counters[hook.name] = nil
    }
  }

  /// Takes a hook up where the last poller, or an older wish, left it.
  private func open(
    _ name: String, _ incarnation: UInt64, _ snapshot: inout Snapshot, _ now: Timestamp
  ) throws {
    if let counter = desk.counters[name], counter.progress.incarnation == incarnation,
      !counter.isToBeTriedAgain(now)
    {
      return
    }
    guard let hook = desk.hooks.first(where: { $0.name == name }) else { return }
    var progress = try snapshot.hookStart(hook, HookProgress.read(of: name, in: books.home))
    var secret: HookSecret?
    do {
      secret = try HookSecret.read(of: name, in: books.home)
    } catch {
      block(hook, &progress, "\(error)", now)
    }
    if secret == nil, progress.failure?.at != now {
      block(hook, &progress, "its secret is gone: remove the hook and add it again", now)
    }
    let parts = try? URLParts(hook.url)
    if parts.map({ !OutputAddress.allows($0, allowLoopback: options.allowLoopback) }) ?? true {
      secret = nil
      block(hook, &progress, "its address is no public https URL", now)
    }
    desk.lastCounter += 1
    desk.counters[name] = HookCounter(
      number: desk.lastCounter, hook: hook, secret: secret,
      queue: HookQueue(after: progress.through), knownThrough: snapshot.head, progress: progress)
  }

  /// Nothing can be sent until somebody mends it.
  private func block(
    _ hook: Hook, _ progress: inout HookProgress, _ why: String, _ now: Timestamp
  ) {
    progress.failure = .init(at: now, message: why)
    tellOnce(.warning, "hook \(hook.name): \(why)")
  }

  /// Finds what is new in the log. What an earlier poller may have delivered is looked up there.
  private func scan(_ name: String, _ snapshot: inout Snapshot) throws {
    guard let counter = desk.counters[name], counter.queue.room > 0 else { return }
    var queue = counter.queue
    let after = queue.scanned
    let (events, scanned) = try snapshot.events(
      for: counter.hook, after: after, records: HookDesk.records, limit: queue.room)
    guard scanned > after else { return }
    var histories: [SubjectNumber: HookHistory] = [:]
    for event in events {
      guard event.position <= counter.knownThrough else {
        queue.add(event)
        continue
      }
      let history =
        try histories[event.job] ?? snapshot.hookHistory(of: event.job, counter.hook, after: after)
      histories[event.job] = history
      guard !history.isSettled(event.position) else { continue }
      queue.add(event, failedAt: history.failures[event.position]?.first)
    }
    queue.advance(to: scanned)
    desk.counters[name]?.queue = queue
  }

  /// Messages whose time has come.
  private func send(_ name: String, _ snapshot: inout Snapshot, _ now: Timestamp) throws {
    guard var counter = desk.counters[name], counter.hook.disabled == nil,
      let secret = counter.secret, counter.pausedUntil.map({ $0 <= now }) ?? true
    else { return }
    let pace = options.hookPace
    let lanes = min(
      pace.lanes(failures: counter.failures) - counter.queue.out,
      HookDesk.atOnce - desk.flights.count - desk.leaving.count)
    guard lanes > 0 else { return }
    let events = counter.queue.take(lanes, now: now)
    guard !events.isEmpty else { return }
    for event in events {
      guard let id = try snapshot.subject(event.job)?.name.id,
        let message = try HookMessage(event.position, &snapshot, now: now)
      else {
        counter.queue.settle(event.position)
        continue
      }
      let flight = HookFlight(hook: name, counter: counter.number, event: event, job: id)
      desk.leaving.append((flight, message.request(to: counter.hook, secret, pace, now: now)))
    }
    desk.counters[name] = counter
  }

  /// Sends what is ready, as far as there is room beside everything else.
  func startHooks(_ network: any Network) {
    while let (flight, request) = desk.leaving.first, network.hasCapacity {
      desk.leaving.removeFirst()
      let tag = newTag()
      desk.flights[tag] = flight
      network.start(request, tag: tag)
    }
  }
}
