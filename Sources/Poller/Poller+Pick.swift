// What is due, and what can be done about it within the caps.

import HTTP
import Ledger
import Providers
import Wire

extension Poller {
  private static let pageSize = 256

  private var hasRoom: Bool { traffic.total < options.inFlight }

  /// Walks the due list from its beginning, or from where the last turn ended.
  func pick(_ snapshot: inout Snapshot, _ now: Timestamp, through horizon: Timestamp) throws {
    quiet = quiet.filter { $0.value > now }
    try pickHurried(&snapshot, now)
    var place = mark
    mark = nil
    var looked = 0
    while hasRoom {
      let page = try snapshot.due(after: place, through: horizon, limit: Poller.pageSize)
      for entry in page where hasRoom { try consider(entry.job, &snapshot, now) }
      guard page.count == Poller.pageSize else { return }
      place = page.last
      looked += page.count
      guard looked < Poller.picksMax else { return mark = place }
    }
  }

  /// Jobs whose streams want a look.
  private func pickHurried(_ snapshot: inout Snapshot, _ now: Timestamp) throws {
    for (number, stream) in streams where hasRoom && !asking.contains(number) {
      guard let lookAt = stream.lookAt(now), lookAt <= now else { continue }
      try consider(number, &snapshot, now, isHurried: true)
      guard asking.contains(number) else { continue }
      streams[number]?.wantsLook = false
      streams[number]?.lookedAt = now
    }
  }

  /// Credits that have come to their end. A limit a turn, for they are not urgent.
  func pickEnds(_ snapshot: inout Snapshot, through now: Timestamp) throws {
    let end = min(now, ending())
    for number in try snapshot.endedAccounts(through: end, limit: Poller.pageSize) {
      if let subject = try snapshot.subject(number) { ended.append(subject.name.id) }
    }
  }

  private func consider(
    _ number: SubjectNumber, _ snapshot: inout Snapshot, _ now: Timestamp, isHurried: Bool = false
  ) throws {
    guard !asking.contains(number), quiet[number] == nil, let job = try snapshot.job(number) else {
      return
    }
    let provider = try snapshot.providerName(job.provider)
    let answer = shelf.profile(provider)
    var circumstances = NextAction.Circumstances(now: now, ending: min(now, ending()))
    circumstances.isSubmitting = submitting.contains(number)
    circumstances.isHurried = isHurried
    if job.state == .submitted || job.state == .uncertain {
      circumstances.isPaused = try snapshot.pause(provider: provider, account: job.account) != nil
    }
    if case .ready(let ready) = answer {
      circumstances.canCancel = ready.profile.offers(.cancel)
      if job.state == .uncertain {
        circumstances.canSearch = ready.profile.reconcile != nil
        circumstances.canRepeat = try snapshot.doubts(of: number)
          .allowRepeat(job, ready.profile, now: now)
      }
    }
    switch NextAction(for: job, circumstances) {
    case .nothing: break
    case .park where answer.why != nil:
      // Its provider can be asked again once its surroundings are mended.
      tellBlocked(provider, answer.why ?? "")
    case .lost: try giveUp(number, &snapshot, now)
    case .expire: try decide(number, .expire(), snapshot.subject(number))
    case .park:
      let id = try snapshot.subject(number)?.name.id ?? ""
      decide(number, id, .park(.uncertainSubmit, message: Doubt.advice(job: id)))
    case .save: try considerSaving(number, &snapshot, now)
    case .search:
      guard case .ready(let ready) = answer else { break }
      try search(number, provider, ready, &snapshot, now)
    case .submit: try ask(.submit, number, provider, answer, isLast: false, &snapshot, now)
    case .ask(let request, let last):
      try ask(request.phase, number, provider, answer, isLast: last, &snapshot, now)
    }
  }

  /// The time by which holds and credits end.
  private func ending() -> Timestamp {
    if options.clock.wasSet {
      tellOnce(
        .warning,
        "the clock was set by more than a minute; until the poller restarts holds end by the "
          + "earlier of its time and the time that has passed")
    }
    return options.clock.ending
  }

  private func ask(
    _ phase: RequestPhase, _ number: SubjectNumber, _ provider: String,
    _ answer: ProfileShelf.Answer, isLast: Bool, _ snapshot: inout Snapshot, _ now: Timestamp
  ) throws {
    guard let details = try snapshot.details(number) else { return }
    var target = Target(
      details: details, phase: phase, isLast: isLast, provider: provider, now: now)
    switch answer {
    case .missing(let why): cannotAsk(target, .profileMissing, why)
    case .blocked(let why): block(target, why)
    case .ready(let ready):
      let limit = ready.profile.limits.inFlight
      guard traffic.hasRoom(provider, isSubmit: phase == .submit, limit: limit, now: now) else {
        return
      }
      if phase == .result {
        target.lastReply = try snapshot.finishedReply(of: details)
        // Without what the status said there is no way to the result: the status says it again.
        if target.lastReply == nil, ready.profile.resultNeedsReply { target.phase = .status }
      }
      guard phase == .submit else { return depart(target, ready, nil) }
      switch try snapshot.input(of: details) {
      case .ready(let given?):
        guard let input = try furnished(target, given, &snapshot) else { return }
        depart(target, ready, input)
      case .ready(nil): depart(target, ready, nil)
      case .erased(let what):
        cannotAsk(target, .handleIncomplete, "\(what) was erased before it was sent")
      case .impossible(let why): refuse(target, why, .noOutput)
      }
    }
  }

  /// Makes the request; a submit waits for its commit.
  func depart(_ target: Target, _ ready: ReadyProfile, _ input: JSON?) {
    var context = RequestContext(target.details, input: input, now: target.now)
    if target.phase == .submit { context.webhookURL = webhookURL(context, ready.profile) }
    context.lastReply = target.lastReply
    let request: ProviderRequest
    let message: HTTPRequest
    do {
      request = try ready.profile.request(target.phase, for: context, secrets: ready.secret)
      message = try HTTPRequest(request)
    } catch {
      return cannotBuild(target, error, ready)
    }
    blocked[target.provider] = nil
    let asksForWebhook = context.webhookURL != nil
    context.input = nil
    context.webhookURL = nil
    context.lastReply = nil
    let flight = Flight(
      job: target.details.number, id: target.details.id, provider: target.provider,
      phase: target.phase, profile: ready.profile, context: context, isLast: target.isLast,
      knowsCancel: target.details.job.cancel != 0)
    let departure = Departure(flight: flight, request: message)
    traffic.begin(target.provider, isSubmit: flight.isSubmit)
    guard flight.isSubmit else {
      asking.insert(flight.job)
      departures.append(departure)
      if !target.isLast { wishStream(flight.job) }
      return
    }
    submitting.insert(flight.job)
    forgetAttachments(of: flight.job)
    let ownID = ready.profile.handleBeforeSubmit(context)?.externalID
    let start = DispatchStart(
      externalID: ownID, idempotencyKey: request.idempotencyKey, profile: ready.digest,
      asksForWebhook: asksForWebhook,
      nextAt: lookAt(request, hasOwnID: ownID != nil, ready.profile, target.now))
    outbox.append(
      Entry(
        job: flight.job, id: flight.id, command: .startDispatch(start), departure: departure))
  }

  /// When to look after an attempt: soon where it can be asked for by our own id, else when its
  /// answer is certain not to come any more.
  private func lookAt(
    _ request: ProviderRequest, hasOwnID: Bool, _ profile: Profile, _ now: Timestamp
  ) -> Timestamp {
    hasOwnID
      ? Schedule(profile.limits).firstPoll(now: now, using: &dice)
      : now.advanced(seconds: Double(request.timeoutSeconds) + 60)
  }

  /// An attempt that nobody waits for any more.
  func giveUp(_ number: SubjectNumber, _ snapshot: inout Snapshot, _ now: Timestamp) throws {
    guard let details = try snapshot.details(number) else { return }
    var profile: Profile?
    if case .ready(let ready) = shelf.profile(details.provider) { profile = ready.profile }
    decide(number, details.id, Dispatch.lost(details, profile: profile, now: now))
  }

  private func decide(_ number: SubjectNumber, _ command: JobCommand, _ subject: Subject?) {
    decide(number, subject?.name.id ?? "", command)
  }

  /// A command that follows from the books alone.
  func decide(_ number: SubjectNumber, _ id: String, _ command: JobCommand) {
    asking.insert(number)
    outbox.append(Entry(job: number, id: id, command: command, ends: .ask))
  }
}
