// From an answer to the commands that follow.

import HTTP
import Ledger
import Providers
import Wire

extension Poller {
  func settle(
    _ completion: Multi.Completion, _ snapshot: inout Snapshot, _ now: Timestamp
  ) throws {
    if try settleStream(completion, &snapshot, now) { return }
    guard let flight = flights.removeValue(forKey: completion.tag) else {
      return settleStore(completion, now)
    }
    traffic.end(flight.provider, isSubmit: flight.isSubmit)
    if let search = flight.search {
      guard let job = try snapshot.job(flight.job) else { return }
      return try settleSearch(flight, search, completion, job, &snapshot, now)
    }
    let exchange = Exchange(completion.result)
    let reading = flight.reading(completion.result)
    for warning in reading.warnings { tellOnce(.warning, "\(flight.provider): \(warning)") }
    if reading.replyClass == .rateLimited, let seconds = reading.retryAfterSeconds {
      let end = now.advanced(seconds: min(Double(seconds), Schedule.retryAfterSecondsMax))
      traffic.quieten(flight.provider, isSubmit: flight.isSubmit, until: end)
    }
    guard let job = try snapshot.job(flight.job) else { return }
    if flight.isSubmit {
      let doubts = try snapshot.doubts(of: flight.job)
      settleSubmit(flight, job, doubts, reading, exchange, now)
    } else {
      settleAsk(flight, job, reading, exchange, now)
    }
  }

  private func settleStore(_ completion: Multi.Completion, _ now: Timestamp) {
    switch storeroom.flights.removeValue(forKey: completion.tag) {
    case .fetch(let saving): settleFetch(saving, completion.result)
    case .send(let saving): settleSend(saving, completion.result)
    case .attach(let attaching): settleAttach(attaching, completion.result, now)
    case nil: break
    }
  }

  private func settleSubmit(
    _ flight: Flight, _ job: Job, _ doubts: Doubts, _ reading: ReplyReading,
    _ exchange: Exchange, _ now: Timestamp
  ) {
    let command = Dispatch(job, flight.context, flight.profile, doubts, now: now)
      .settle(reading, exchange, using: &dice)
    var entry = Entry(
      job: flight.job, id: flight.id, command: command, isAnswer: true, ends: .submit)
    // Our own id may have shown the job at the provider before this answer came: what the answer
    // says of the job counts all the same.
    if case .accept(let acceptance) = command, var outcome = acceptance.outcome {
      outcome.step = flight.step
      entry.otherwise = .observe(outcome)
    }
    outbox.append(entry)
  }

  private func settleAsk(
    _ flight: Flight, _ job: Job, _ reading: ReplyReading, _ exchange: Exchange, _ now: Timestamp
  ) {
    relay(reading, of: flight, now)
    let schedule = Schedule(flight.profile.limits)
    let isStreamed = streams[flight.job]?.isHealthy ?? false
    var nextAt: Timestamp? = schedule.nextPoll(
      job, after: reading, isPastHold: flight.isLast || job.state == .expired,
      isStreamed: isStreamed, now: now, using: &dice)
    // A cancel that was asked for meanwhile is not put off by this answer.
    if job.cancel != 0, !flight.knowsCancel { nextAt = now }
    // Past the hold's end a success would only be a late one; nobody looks for ever.
    if flight.isLast || job.state == .expired, schedule.isForgotten(job, now) { nextAt = nil }
    var observation = Observation(
      reading, to: PollRequest(flight.phase), exchange: exchange,
      billing: flight.profile.billing, nextAt: nextAt)
    observation.step = flight.step
    outbox.append(
      Entry(
        job: flight.job, id: flight.id, command: .observe(observation), isAnswer: true,
        ends: flight.isLast ? nil : .ask))
    guard flight.isLast else { return }
    // Refused when the answer was a verdict.
    outbox.append(
      Entry(
        job: flight.job, id: flight.id, command: .expire(lookAt: observation.nextAt),
        isAnswer: true, ends: .ask))
  }
}
