// When messages are written, and what faults do to them.
import Wire

extension World {
  /// Writes the messages of a new job, or the last one of a canceled job.
  mutating func announce(_ index: Int, isCanceled: Bool = false) {
    let job = jobs[index]
    guard job.webhook != nil,
      let sender = Door.providers.first(where: { $0.name == job.provider }) as? any WebhookSender
    else { return }
    if isCanceled { mail.recall(job: index) }
    let notices =
      isCanceled
      ? sender.notices(of: job).filter { $0.kind == Notice.end }
        .map { Notice(kind: $0.kind, at: now) }
      : sender.notices(of: job)
    for (place, notice) in notices.enumerated() {
      var dice = Fingerprint("message", job.id, notice.kind, String(place)).dice
      var parcel = Parcel(
        job: index, kind: notice.kind, at: notice.at,
        messageID: "msg_" + JobID.base32.next(&dice))
      var copies = 1
      apply(faultsOfMail(job, place), to: &parcel, &copies, endsAt: job.endsAt)
      if copies == 0 { mail.note(job.provider, "lost") }
      for _ in 0..<copies { mail.post(parcel) }
    }
  }

  /// The faults that strike one message; its dice depend on nothing else.
  private mutating func faultsOfMail(_ job: SimulatedJob, _ place: Int) -> [Fault] {
    var content = fingerprint("webhook", job.provider, job.id)
    content.add(UInt64(place))
    var dice = content.dice
    var struck: [Fault] = []
    for (place, fault) in options.faults.enumerated()
    where fault.strikes(.webhook, jobAgeSeconds: nil, dice: &dice) && mayStrike(place) {
      tally.note(fault: fault.name)
      struck.append(fault)
    }
    return struck
  }

  private func apply(
    _ faults: [Fault], to parcel: inout Parcel, _ copies: inout Int, endsAt: Int64
  ) {
    for fault in faults {
      switch fault.kind {
      case .lost: copies = 0
      case .twice: copies = min(copies, 1) * 2
      case .delay: parcel.at += Int64((fault.number ?? 0) * 1e6)
      case .reorder:
        // What was said on the way comes after the end.
        if parcel.kind != Notice.end { parcel.at = endsAt + 1_000_000 }
      case .forged: parcel.isForged = true
      case .outdated: parcel.isOutdated = true
      default: break
      }
    }
  }

  /// The request that carries a message now.
  func letter(_ parcel: Parcel) -> (url: String, headers: [(String, String)], body: [UInt8])? {
    let job = jobs[parcel.job]
    guard let target = job.webhook,
      let sender = Door.providers.first(where: { $0.name == job.provider }) as? any WebhookSender
    else { return nil }
    var world = self
    world.address = job.address
    let body = sender.message(parcel.kind, about: job, in: world).bytes
    let age: Int64 = parcel.isOutdated ? 3600 : 0
    let letter = WebhookLetter(
      job: job, messageID: parcel.messageID,
      timestamp: timestamp(now).microseconds / 1_000_000 - age, body: body,
      keys: parcel.isForged ? keys.forged : keys)
    let headers = [("Content-Type", "application/json")] + sender.signature(of: letter)
    return (target.url, headers, body)
  }

  /// What follows from a try: nothing more, or another one later.
  mutating func settle(_ parcel: Parcel, status: Int?) {
    let job = jobs[parcel.job]
    mail.note(job.provider, status.map(String.init) ?? "unreachable")
    guard !(status.map { (200...299).contains($0) } ?? false),
      let sender = Door.providers.first(where: { $0.name == job.provider }) as? any WebhookSender,
      let retry = sender.retry(parcel.kind), parcel.tries < retry.times,
      !(retry.endsAtRefusal && status.map { (400...499).contains($0) } ?? false)
    else { return }
    var next = parcel
    next.tries += 1
    let scale = options.webhookRetrySeconds.map { $0 / retry.firstSeconds } ?? 1
    let pause = retry.firstSeconds * scale * Double(1 << parcel.tries)
    next.at = now + Int64(pause * 1e6)
    mail.post(next)
  }

  func patienceSeconds(_ parcel: Parcel) -> Double {
    let name = jobs[parcel.job].provider
    let sender = Door.providers.first { $0.name == name } as? any WebhookSender
    return sender?.retry(parcel.kind)?.patienceSeconds ?? 10
  }
}
