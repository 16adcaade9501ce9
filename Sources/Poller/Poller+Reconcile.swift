// A submit in doubt: sent again where the provider honours keys, else looked for in its list, else
// a person's (PRODUCT, "A job's life", rule 3). Never sent again without proof or key.

import HTTP
import Ledger
import Providers
import Wire

extension Poller {
  /// Asks for a page of the provider's list.
  func search(
    _ number: SubjectNumber, _ provider: String, _ ready: ReadyProfile,
    _ snapshot: inout Snapshot, _ now: Timestamp
  ) throws {
    guard let details = try snapshot.details(number) else { return }
    let limit = ready.profile.limits.inFlight
    guard traffic.hasRoom(provider, isSubmit: false, limit: limit, now: now) else { return }
    let input = try details.submitted.input.flatMap { try snapshot.json($0) }
    let doubts = try snapshot.doubts(of: number)
    let lost = LostJob(
      RequestContext(details, input: input, now: now), startedAt: doubts.since ?? now)
    let target = Target(
      details: details, phase: .list, isLast: false, provider: provider, now: now)
    depart(target, ready, Search(lost), page: nil)
  }

  private func depart(
    _ target: Target, _ ready: ReadyProfile, _ search: Search, page: String?
  ) {
    var context = search.lost.context
    context.listPage = page
    do {
      let request = try HTTPRequest(
        ready.profile.request(.list, for: context, secrets: ready.secret))
      let flight = Flight(
        job: target.details.number, id: target.details.id, provider: target.provider,
        phase: .list, profile: ready.profile, context: context, isLast: false,
        knowsCancel: true, search: search)
      traffic.begin(target.provider, isSubmit: false)
      asking.insert(flight.job)
      departures.append(Departure(flight: flight, request: request))
    } catch {
      cannotBuild(target, error, ready)
    }
  }

  /// Takes a page of the list; the last one decides.
  func settleSearch(
    _ flight: Flight, _ search: Search, _ completion: Multi.Completion, _ job: Job,
    _ snapshot: inout Snapshot, _ now: Timestamp
  ) throws {
    var search = search
    var list = ListReading(reply: flight.reading(completion.result))
    if case .success(let response) = completion.result {
      list = flight.profile.readList(Reply(response), for: search.lost)
    }
    let pagesMax = flight.profile.reconcile?.pagesMax ?? 1
    let page = search.take(list, pagesMax: pagesMax)
    if let page, job.state == .uncertain, case .ready(let ready) = shelf.profile(flight.provider),
      let details = try snapshot.details(flight.job)
    {
      let target = Target(
        details: details, phase: .list, isLast: false, provider: flight.provider, now: now)
      return depart(target, ready, search, page: page)
    }
    var exchange = Exchange(completion.result)
    // A list holds other people's jobs: what it said of this one is kept, and nothing else.
    exchange.reply = nil
    let free = try search.candidates.filter { candidate in
      try snapshot.owner(flight.provider, candidate.handle.externalID ?? "", step: job.step) == nil
    }
    if list.reply.replyClass == .ok, search.isComplete, free.count == 1,
      try !hasTwin(flight, search, &snapshot)
    {
      return found(free[0], flight, exchange, now)
    }
    if list.reply.replyClass == .ok { exchange.message = search.words(free) }
    notFound(flight, job, exchange.saying(list.reply), list.reply, now)
  }

  private func found(
    _ candidate: Candidate, _ flight: Flight, _ exchange: Exchange, _ now: Timestamp
  ) {
    var exchange = exchange
    exchange.reply = candidate.item.bytes
    var context = flight.context
    context.listPage = nil
    let handle = FoundHandle(candidate.handle, of: context, limits: flight.profile.limits)
    let acceptance = Acceptance(
      via: .reconcile, handle: handle, exchange: exchange, word: candidate.word, nextAt: now)
    outbox.append(
      Entry(
        job: flight.job, id: flight.id, command: .accept(acceptance), isAnswer: true, ends: .ask))
  }

  /// Looked for again, later each time; after the last time a person must look.
  private func notFound(
    _ flight: Flight, _ job: Job, _ exchange: Exchange, _ reading: ReplyReading, _ now: Timestamp
  ) {
    let rule = flight.profile.reconcile
    let looks = job.failedPolls + 1
    let isLast = looks >= (rule?.attempts ?? 1)
    let pause = Schedule(flight.profile.limits)
      .doubled(rule?.afterSeconds ?? 1, times: looks, using: &dice)
    let wish = Double(min(reading.retryAfterSeconds ?? 0, 3600))
    var observation = Observation(
      source: .poll(.list), exchange: exchange, replyClass: reading.replyClass, reading: .unknown,
      nextAt: now.advanced(seconds: max(pause, wish)))
    observation.step = flight.step
    outbox.append(
      Entry(
        job: flight.job, id: flight.id, command: .observe(observation), isAnswer: true,
        ends: isLast ? nil : .ask))
    guard isLast else { return }
    let message = [exchange.message, Doubt.advice(job: flight.id)].compactMap { $0 }
      .joined(separator: "; ")
    outbox.append(
      Entry(
        job: flight.job, id: flight.id, command: .park(.uncertainSubmit, message: message),
        isAnswer: true, ends: .ask))
  }

  /// Another job asks the same of the provider right now: what the list shows may be that one.
  private func hasTwin(
    _ flight: Flight, _ search: Search, _ snapshot: inout Snapshot
  ) throws -> Bool {
    for number in try snapshot.jobs(in: .dispatching) where number != flight.job {
      guard let other = try snapshot.details(number), other.provider == flight.provider,
        other.submitted.model == search.lost.context.model,
        let input = try other.submitted.input.flatMap({ try snapshot.json($0) }),
        input.canonicalBytes == search.lost.context.input?.canonicalBytes
      else { continue }
      return true
    }
    return false
  }
}
