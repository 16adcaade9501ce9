// From a receiver's answer to what is recorded: `job.delivered`, or `job.delivery_failed` for an
// event's first failure and for giving it up.

import HTTP
import Ledger
import Wire

extension Poller {
  /// - Returns: false when the answer is not a hook's.
  func settleHook(_ completion: Multi.Completion, _ now: Timestamp) -> Bool {
    guard let flight = desk.flights.removeValue(forKey: completion.tag) else { return false }
    switch HookAnswer(completion.result) {
    case .arrived: arrived(flight, now)
    case .gone:
      let message = "the receiver answered 410: it wants no more"
      let exchange = Exchange(httpStatus: 410, message: message)
      disable(flight, message, now)
      failed(flight, exchange, wish: nil, now)
    case .failed(let exchange, let wish): failed(flight, exchange, wish: wish, now)
    }
    return true
  }

  private func arrived(_ flight: HookFlight, _ now: Timestamp) {
    // True also of a hook that was removed or changed meanwhile.
    let delivery = Delivery(
      channel: .hook, consumer: flight.hook, through: flight.event.position)
    record(flight, delivery, isSettled: true)
    guard var counter = desk.counters[flight.hook], counter.number == flight.counter else { return }
    if counter.failures >= options.hookPace.downAfter {
      counter.queue.hurry()
      report(Notice(.note, "hook \(flight.hook): the receiver is back"))
    }
    counter.failures = 0
    counter.pausedUntil = nil
    counter.progress.deliveredAt = now
    desk.counters[flight.hook] = counter
  }

  private func failed(
    _ flight: HookFlight, _ exchange: Exchange, wish: Int?, _ now: Timestamp
  ) {
    guard var counter = desk.counters[flight.hook], counter.number == flight.counter else { return }
    let pace = options.hookPace
    let position = flight.event.position
    let message = exchange.message ?? "no answer"
    counter.failures += 1
    counter.pausedUntil = pace.pause(failures: counter.failures, now: now)
    counter.progress.failure = .init(
      at: now, httpStatus: exchange.httpStatus.map { Int(clamping: $0) }, message: message)
    if counter.failures == pace.downAfter {
      report(Notice(.warning, "hook \(flight.hook): \(message); tried again for a day"))
    }
    let known = counter.queue.failedAt(position)
    var told = exchange
    if let next = pace.next(failedAt: known ?? now, wish: wish, now: now, using: &dice) {
      counter.queue.postpone(position, failedAt: known ?? now, until: next)
      told.message = "\(message); tried again"
    } else {
      told.message = "\(message); given up: ledger hook resend \(flight.hook)"
      report(Notice(.warning, "hook \(flight.hook): \(flight.job) was given up (\(message))"))
    }
    desk.counters[flight.hook] = counter
    let isGivenUp = counter.queue.isOut(position)
    guard known == nil || isGivenUp else { return }
    let delivery = Delivery(
      channel: .hook, consumer: flight.hook, through: position, failure: told)
    record(flight, delivery, isSettled: isGivenUp)
  }

  private func record(_ flight: HookFlight, _ delivery: Delivery, isSettled: Bool) {
    let command = Command(
      .job(flight.job, .deliver(delivery)), actor: .poller, cause: flight.event.position)
    desk.records.append(HookRecord(flight: flight, command: command, isSettled: isSettled))
  }

  /// What is durable now.
  func noteHooks(_ records: [HookRecord], _ results: ArraySlice<Result<Receipt, Refusal>>) {
    for (record, result) in zip(records, results) {
      let flight = record.flight
      if case .failure(let refusal) = result {
        tellOnce(.warning, "hook \(flight.hook): \(flight.job): \(refusal.message)")
      }
      guard record.isSettled, desk.counters[flight.hook]?.number == flight.counter else { continue }
      desk.counters[flight.hook]?.queue.settle(flight.event.position)
    }
    desk.records.removeFirst(records.count)
  }

  /// The receiver wants no more: kept in config.json, so that every poller knows.
  private func disable(_ flight: HookFlight, _ reason: String, _ now: Timestamp) {
    guard let hook = desk.counters[flight.hook]?.hook, hook.disabled == nil,
      desk.counters[flight.hook]?.number == flight.counter
    else { return }
    let disabled = Hook.Disabled(at: now, reason: reason)
    desk.counters[flight.hook]?.hook.disabled = disabled
    report(
      Notice(
        .warning, "hook \(hook.name) is disabled: \(reason); ledger hook resend \(hook.name)"))
    do {
      try Configuration.change(books.home) { configuration in
        // Somebody may have changed the hook since: then this answer was not to that one.
        guard let index = configuration.hooks.firstIndex(of: hook) else { return }
        configuration.hooks[index].disabled = disabled
      }
    } catch {
      tellOnce(.warning, "hook \(hook.name): that cannot be kept: \(error)")
    }
  }

  /// Writes how far a hook is, now and then.
  func keep(_ name: String, _ now: Timestamp, isLast: Bool = false) {
    guard let counter = desk.counters[name] else { return }
    let isFresh = counter.keptAt.map {
      (0..<HookDesk.keepSeconds).contains(now.seconds(since: $0))
    }
    guard isLast || isFresh != true else { return }
    let progress = counter.progress(now)
    guard progress != counter.kept else { return }
    do {
      try progress.write(of: name, in: books.home)
      desk.counters[name]?.kept = progress
      desk.counters[name]?.keptAt = now
    } catch {
      tellOnce(.warning, "hook \(name): its progress cannot be kept: \(error)")
    }
  }

  func keepHooks() {
    for name in desk.counters.keys { keep(name, options.clock.now, isLast: true) }
  }

  /// Whether every hook has been told what could be told now.
  func haveHooksBeenTold() throws -> Bool {
    guard !isStalled else { return true }
    let now = options.clock.now
    return try books.read { snapshot in
      let isOpen = desk.hooks.allSatisfy { desk.counters[$0.name] != nil }
      return isOpen && !desk.isBusy(snapshot.head, now)
    }
  }
}
