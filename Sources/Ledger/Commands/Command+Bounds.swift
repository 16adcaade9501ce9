// What is refused before anything is decided: names that cannot be keys, amounts that are none,
// texts beyond their bounds. What the log accepts it must be able to read for ever.

import Wire

extension Command {
  /// - Throws: `Refusal` with code `invalid`, saying what is wrong and what is allowed.
  func checkBounds() throws(Refusal) {
    if let key { try Bounds.id(key, "key") }
    if let by { try Bounds.text(by, "actor's name", Limits.nameBytes) }
    if let trace { try Bounds.text(trace, "trace id", Limits.nameBytes) }
    switch action {
    case .grant(let grant):
      try Bounds.account(grant.account)
      if grant.amount > .zero { try Bounds.amount(grant.amount, "grant") }
      try Bounds.reason(grant.reason)
    case .setLimit(let account, let limit, let reason):
      try Bounds.account(account)
      try Bounds.amount(limit, "limit")
      try Bounds.reason(reason)
    case .refund(let refund):
      try Bounds.id(refund.job, "job id")
      if let amount = refund.amount { try Bounds.amount(amount, "refund") }
      try Bounds.reason(refund.reason, mustSay: true)
    case .adjust(let adjustment):
      try Bounds.account(adjustment.account)
      try Bounds.amount(adjustment.amount.magnitude, "correction")
      try Bounds.reason(adjustment.reason, mustSay: true)
    case .expire(let account): try Bounds.account(account)
    case .submit(let submission): try submission.checkBounds()
    case .track(let tracking):
      try tracking.submission.checkBounds()
      try tracking.handle.checkBounds()
      try tracking.checkStep()
      if let charged = tracking.charged { try Bounds.amount(charged, "charge") }
    case .importRow(let row):
      try row.submission.checkBounds()
      try row.handle?.checkBounds()
      try Bounds.text(row.row, "row's name", Limits.wordBytes)
      if let charged = row.charged { try Bounds.amount(charged, "charge") }
    case .job(let id, let command):
      try Bounds.id(id, "job id")
      try command.checkBounds()
    case .notify(let message):
      try Bounds.name(message.provider, "provider")
      try message.handle.checkBounds()
      if let named = message.named { try Bounds.id(named.id, "job id") }
      if let body = message.observation.exchange.reply {
        try Bounds.size(body.count, "notification", Limits.replyBytes)
      }
    case .reject(let rejected): try Bounds.name(rejected.provider, "provider")
    case .setPolicy(let name, let value):
      try Bounds.name(name, "policy")
      if let value { try Bounds.text(value, "policy's value", Limits.reasonBytes) }
    case .pause(let pause):
      if let provider = pause.provider { try Bounds.name(provider, "provider") }
      try Bounds.reason(pause.reason)
    case .reread(let reread): try Bounds.name(reread.provider, "provider")
    case .bill(let billing): try billing.checkBounds()
    case .unpause, .pollerStarted, .pollerStopped, .noteCheckpoint: break
    }
  }
}

extension Submission {
  fileprivate func checkBounds() throws(Refusal) {
    try Bounds.id(id, "job id")
    try Bounds.account(account)
    try Bounds.name(provider, "provider")
    if let model { try Bounds.text(model, "model", Limits.wordBytes) }
    try Bounds.amount(hold, "hold")
    if let input { try Bounds.size(input.bytes.count, "input", Limits.inputBytes) }
    try plan?.checkBounds(hold: hold)
    try Bounds.size(JSON.object(meta).bytes.count, "meta", Limits.metaBytes)
    guard attachments.count <= Limits.attachments else {
      throw Refusal(.invalid, "a job has at most \(Limits.attachments) attachments")
    }
    for attachment in attachments {
      try Bounds.text(attachment.pointer, "attachment's place", Limits.wordBytes)
      try Bounds.text(attachment.name, "attachment's name", Limits.wordBytes)
      try Bounds.size(Int(clamping: attachment.bytes), "attachment", Limits.attachmentBytes)
    }
  }
}

extension Plan {
  /// What the reader of plans has seen to already, for a plan that did not come through it.
  fileprivate func checkBounds(hold: Credits) throws(Refusal) {
    guard (1...Limits.planSteps).contains(steps.count) else {
      throw Refusal(.invalid, "a plan has 1 to \(Limits.planSteps) steps")
    }
    for step in steps {
      try Bounds.name(step.provider, "provider")
      if let model = step.model { try Bounds.text(model, "model", Limits.wordBytes) }
      if let input = step.input {
        try Bounds.size(input.bytes.count, "step's input", Limits.inputBytes)
      }
    }
    try Bounds.size(json.bytes.count, "plan", Limits.planBytes + Limits.metaBytes)
    guard total == hold else {
      throw Refusal(.invalid, "the steps' shares do not add up to the hold, \(hold)")
    }
  }
}

extension Tracking {
  /// The step adopted is one of the plan's, and those before it have no price.
  fileprivate func checkStep() throws(Refusal) {
    let step = handle.step ?? 0
    guard let plan = submission.plan else {
      guard step < Limits.trackedSteps else {
        throw Refusal(.invalid, "a job has at most \(Limits.trackedSteps) steps")
      }
      return
    }
    guard step < UInt64(plan.steps.count) else {
      throw Refusal(.invalid, "the plan has no step \(step + 1)")
    }
    guard plan.steps.prefix(Int(step)).allSatisfy({ $0.share == .zero }) else {
      throw Refusal(.invalid, "a step that was done elsewhere has no share of the hold")
    }
  }
}

extension JobCommand {
  fileprivate func checkBounds() throws(Refusal) {
    switch self {
    case .accept(let acceptance): try acceptance.handle.checkBounds()
    case .resolve(_, let reason): try Bounds.reason(reason, mustSay: true)
    case .cancel(let reason), .check(let reason), .unpark(let reason): try Bounds.reason(reason)
    case .deliver(let delivery):
      if let consumer = delivery.consumer {
        try Bounds.text(consumer, "consumer", Limits.nameBytes)
      }
    case .report(let report):
      try Bounds.name(report.kind, "report's kind")
      if let words = report.words { try Bounds.size(words.bytes.count, "report", Limits.metaBytes) }
    default: break
    }
  }
}

extension Billing {
  fileprivate func checkBounds() throws(Refusal) {
    try Bounds.name(provider, "provider")
    guard (1...Limits.groupEvents).contains(lines.count),
      Set(lines.map(\.lineID)).count == lines.count
    else {
      throw Refusal(.invalid, "a group has 1 to \(Limits.groupEvents) lines, each with its own id")
    }
    for line in lines {
      try Bounds.name(line.unit, "unit")
      guard !line.lineID.isEmpty else { throw Refusal(.invalid, "a line has an id") }
      try Bounds.text(line.lineID, "line's id", Limits.wordBytes)
      if let job = line.job { try Bounds.id(job.id, "job id") }
      try Bounds.size(line.row.bytes.count, "line", Limits.invoiceRowBytes)
    }
  }
}

extension FoundHandle {
  fileprivate func checkBounds() throws(Refusal) {
    if let externalID { try Bounds.text(externalID, "external id", Limits.wordBytes) }
    if let model { try Bounds.text(model, "model", Limits.wordBytes) }
    try Bounds.size(JSON.object(urls).bytes.count, "URLs", Limits.metaBytes)
  }
}

enum Bounds {
  /// `[A-Za-z0-9._:-]{1,128}`
  static func id(_ text: String, _ what: String) throws(Refusal) {
    guard isID(text) else {
      throw Refusal(.invalid, "a \(what) is 1 to \(Limits.idBytes) of A-Z a-z 0-9 . _ : -")
    }
  }

  static func isID(_ text: String) -> Bool { text.utf8.allSatisfy(isPlain) && isShort(text) }

  /// As an id, with `@` and `/`.
  static func account(_ text: String) throws(Refusal) {
    guard isAccount(text) else {
      throw Refusal(
        .invalid, "an account is 1 to \(Limits.idBytes) of A-Z a-z 0-9 . _ : - @ /")
    }
  }

  static func isAccount(_ text: String) -> Bool {
    let at = UInt8(ascii: "@")
    let slash = UInt8(ascii: "/")
    return text.utf8.allSatisfy { isPlain($0) || $0 == at || $0 == slash } && isShort(text)
  }

  static func name(_ text: String, _ what: String) throws(Refusal) {
    guard !text.isEmpty else { throw Refusal(.invalid, "the \(what) has no name") }
    try self.text(text, "\(what)'s name", Limits.nameBytes)
  }

  static func amount(_ amount: Credits, _ what: String) throws(Refusal) {
    guard amount >= .zero, amount <= .limit else {
      throw Refusal(.invalid, "a \(what) is 0 to \(Credits.limit) credits, not \(amount)")
    }
  }

  /// - Parameter mustSay: the reason is part of the decision; an empty one is none.
  static func reason(_ text: String?, mustSay: Bool = false) throws(Refusal) {
    guard let text else { return }
    if mustSay, text.isEmpty { throw Refusal(.invalid, "the reason is empty") }
    try self.text(text, "reason", Limits.reasonBytes)
  }

  static func text(_ text: String, _ what: String, _ limit: Int) throws(Refusal) {
    try size(text.utf8.count, what, limit)
  }

  static func size(_ bytes: Int, _ what: String, _ limit: Int) throws(Refusal) {
    guard bytes <= limit else {
      throw Refusal(.invalid, "the \(what) has \(bytes) bytes; at most \(limit) are taken")
    }
  }

  private static func isShort(_ text: String) -> Bool {
    (1...Limits.idBytes).contains(text.utf8.count)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: ":"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
