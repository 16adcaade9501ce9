// Commands on jobs: new ones, adopted ones, and what happens to those that exist.

import LMDB
import Wire

extension Clerk where Source: ~Copyable, Snapshot: ~Copyable {
  /// A new job, with its hold; `tracking` adds the handle the app got by itself.
  mutating func decide(
    _ submission: Submission, tracking: Tracking?, imported: ImportedRow? = nil,
    _ group: inout Group, _ now: Timestamp
  ) throws {
    let name = Subject.Name.job(submission.id)
    if let number = try views.number(of: name), let subject = try views.subject(number) {
      throw Refusal(
        .conflict, "job \(submission.id) exists since position \(subject.first)",
        position: subject.first, next: "ledger status \(submission.id)")
    }
    let holdExpires = submission.holdExpires?.time(from: now)
    if let end = holdExpires, end <= now {
      throw Refusal(.invalid, "the hold would end at \(end), which is past")
    }
    let totals = views.totals
    try refuseUncountable(totals.held + totals.captured + totals.released, submission.hold)
    var teller = try payer(submission, &group, now)
    var body = JobSubmitted(
      account: teller.number, provider: submission.provider, model: submission.model,
      hold: submission.hold, input: submission.input.map { BlobReference($0) },
      patienceMilliseconds: submission.patienceMilliseconds,
      holdExpires: holdExpires)
    if !submission.meta.members.isEmpty { body.meta = BlobReference(.object(submission.meta)) }
    if let plan = submission.plan {
      body.steps = UInt64(plan.steps.count)
      body.plan = BlobReference(plan.json)
      body.shares = plan.steps.map(\.share)
    }
    if !submission.attachments.isEmpty {
      body.attachments = BlobReference(submission.attachments.json)
    }
    if let tracking {
      body.tracked = true
      body.charged = tracking.charged
      if body.steps == nil, let step = tracking.handle.step, step > 0 { body.steps = step + 1 }
    }
    if let imported {
      body.tracked = true
      body.charged = imported.charged
      body.imported = imported.row
    }
    group.add(Draft(name, .jobSubmitted(body), nextAt: now))
    if let expired = teller.expire() {
      group.add(Draft(.account(submission.account), .creditExpired(expired)))
    }
    group.add(Draft(name, .creditHeld(try teller.hold(submission.hold))))
    if let tracking {
      let dispatched = JobDispatched(
        via: .track, provider: submission.provider, externalID: tracking.handle.externalID,
        urls: BlobReference(.object(tracking.handle.urls)),
        patienceMilliseconds: submission.patienceMilliseconds
          ?? tracking.handle.patienceMilliseconds,
        model: tracking.handle.model)
      group.add(
        Draft(name, .jobDispatched(dispatched), step: tracking.handle.step ?? 0, nextAt: now))
    }
  }

  /// Who pays for a new job; an unknown account is opened only by a job that costs nothing.
  private mutating func payer(
    _ submission: Submission, _ group: inout Group, _ now: Timestamp
  ) throws -> Teller {
    let name = Subject.Name.account(submission.account)
    if let number = try views.number(of: name) {
      return try teller(for: number, id: submission.account, hold: Hold(), now)
    }
    guard submission.hold == .zero else {
      throw Refusal(
        .notFound, "there is no account \(submission.account)",
        next: "ledger grant \(submission.account) \(submission.hold)")
    }
    return open(name, &group, now)
  }

  /// Opens an account in this group.
  mutating func open(_ name: Subject.Name, _ group: inout Group, _ now: Timestamp) -> Teller {
    var account = Account()
    account.opened = group.next
    let number = group.number(ofNew: name)
    group.add(Draft(name, .accountOpened(AccountOpened())))
    return Teller(
      number: number, id: name.id, account: account, buckets: [], hold: Hold(), now: now)
  }

  mutating func track(_ tracking: Tracking, _ group: inout Group, _ now: Timestamp) throws {
    let submission = tracking.submission
    let existing = try views.number(of: .job(submission.id))
    if let existing, !tracking.hasHold {
      return try attach(tracking.handle, to: submission, existing, &group, now)
    }
    guard tracking.hasHold else {
      throw Refusal(
        .invalid, "--hold is needed: job \(submission.id) does not exist yet",
        next: "add --hold CREDITS (0 to watch without money)")
    }
    if let owner = try owner(of: tracking.handle, submission.provider) {
      throw taken(owner.subject)
    }
    try decide(submission, tracking: tracking, &group, now)
  }

  /// A handle that a person found for an uncertain or parked job.
  private mutating func attach(
    _ handle: FoundHandle, to submission: Submission, _ number: SubjectNumber,
    _ group: inout Group, _ now: Timestamp
  ) throws {
    let job = try views.job(number)
    var handle = handle
    handle.step = handle.step ?? job.map { UInt64($0.step) }
    if let owner = try owner(of: handle, submission.provider), owner.number != number {
      throw taken(owner.subject)
    }
    let acceptance = Acceptance(via: .track, handle: handle, nextAt: now)
    if let job {
      let account = try views.subject(job.account)?.name.id ?? ""
      let provider = try views.providerName(job.provider)
      guard account == submission.account, provider == submission.provider else {
        throw Refusal(
          .conflict,
          "job \(submission.id) belongs to account \(account) and provider \(provider)",
          position: job.submitted, next: "ledger status \(submission.id)")
      }
    }
    if let job, job.state != .uncertain && job.state != .parked {
      throw Refusal(
        .conflict, "job \(submission.id) is \(job.state.name), not uncertain or parked",
        position: job.handle != 0 ? job.handle : job.submitted,
        next: "ledger status \(submission.id)")
    }
    _ = try decide(.accept(acceptance), on: submission.id, &group, now)
  }

  func taken(_ owner: Subject) -> Refusal {
    Refusal(
      .conflict,
      "this handle belongs to job \(owner.name.id) since position \(owner.first)",
      position: owner.first, next: "ledger status \(owner.name.id)")
  }

  mutating func owner(
    of handle: FoundHandle, _ provider: String
  ) throws -> (number: SubjectNumber, subject: Subject)? {
    guard let id = handle.externalID,
      let number = try views.owner(
        of: Handle(provider: provider, externalID: id, step: handle.step ?? 0)),
      let subject = try views.subject(number)
    else { return nil }
    return (number, subject)
  }

  /// The rules of the house, and what they need to know.
  private mutating func addPolicies(
    to context: inout JobContext, _ job: Job, _ number: SubjectNumber, _ command: JobCommand
  ) throws {
    context.waitsOnAccountProblem = try views.policy(Policy.onAccountProblem) != "fail"
    context.storesOutputs = try views.policy(Policy.store) != nil
    context.capturesOnStored =
      try context.storesOutputs && views.policy(Policy.captureOn) == "stored"
    if job.storing != 0, case .jobStoring(let body)? = try log.event(at: job.storing)?.event {
      context.storing = body
    }
    guard case .observe = command, [.failed, .canceled, .expired].contains(job.state),
      try views.policy(Policy.lateSuccess) == "charge"
    else { return }
    let totals = views.totals
    let sum = totals.held + totals.captured + totals.released
    guard sum + job.hold <= Credits.sumLimit else { return }
    var payer = try teller(job, number, context.now)
    _ = payer.expire()
    context.lateFunds = payer.account.available
  }

  /// - Returns: the event that did it before; nil when the group has the events.
  mutating func decide(
    _ command: JobCommand, on id: String, _ group: inout Group, _ now: Timestamp
  ) throws -> Position? {
    let name = Subject.Name.job(id)
    guard let number = try views.number(of: name), let job = try views.job(number) else {
      throw Refusal(.notFound, "there is no job \(id)", next: "ledger status")
    }
    let provider = try views.providerName(job.provider)
    var context = JobContext(now: now, id: id, provider: provider)
    context.pause = try views.pause(provider: provider, account: job.account)
    try addPolicies(to: &context, job, number, command)
    context.next = try nextStep(of: job, after: command)
    var step = UInt64(job.step)
    var handle: FoundHandle?
    switch command {
    case .accept(let acceptance):
      handle = acceptance.handle
      try refuseOtherStep(acceptance.handle, job, id)
    case .startDispatch(let start): handle = FoundHandle(externalID: start.externalID)
    case .observe(let observation): step = observation.step ?? step
    default: break
    }
    if var handle {
      handle.step = step
      let owner = try owner(of: handle, provider)
      context.owner = owner?.number == number ? nil : owner?.number
    }
    switch try job.decide(command, context) {
    case .already(let position): return position
    case .steps(let steps):
      try add(steps, of: name, number, job, step: step, &group, now)
      return nil
    }
  }
}
