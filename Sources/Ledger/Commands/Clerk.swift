// Gathers what a decision needs from the views, asks the pure parts, and puts the group together.
// No I/O beyond reading rows; nothing is written here.

import LMDB
import Wire

/// Decides one command against the views.
struct Clerk<Source: RowSource & ~Copyable, Snapshot: Transaction & ~Copyable>: ~Copyable {
  var views: Views<Source>
  let log: LogSnapshot<Snapshot>

  init(_ views: consuming Views<Source>, _ log: consuming LogSnapshot<Snapshot>) {
    self.views = views
    self.log = log
  }

  /// - Throws: `Refusal` when the books say no; errors of the store.
  mutating func decide(_ command: Command, now: Timestamp) throws -> Decided {
    try command.checkBounds()
    let key = command.commandKey
    if let key, let answered = try answered(key) {
      guard try answered.command == key.command && isSameText(command, answered.position) else {
        throw Clerk.reused(key, answered.position)
      }
      return .already(answered.position)
    }
    var group = Group(after: views.position, subjects: views.fold.subjects.count)
    switch command.action {
    case .grant(let grant): try decide(grant, &group, now)
    case .setLimit(let account, let limit, let reason):
      try setLimit(limit, of: account, reason, &group, now)
    case .refund(let refund): try decide(refund, &group, now)
    case .adjust(let adjustment): try decide(adjustment, &group, now)
    case .expire(let account): try expire(account, &group, now)
    case .submit(let submission): try decide(submission, tracking: nil, &group, now)
    case .track(let tracking): try track(tracking, &group, now)
    case .importRow(let row):
      if let position = try decide(row, &group, now) { return .already(position) }
    case .job(let id, let jobCommand):
      if let position = try decide(jobCommand, on: id, &group, now) { return .already(position) }
    case .notify(let message):
      if let position = try decide(message, orphan: command.cause, &group, now) {
        return .already(position)
      }
    case .reject(let rejected):
      if let position = try decide(rejected, &group, now) { return .already(position) }
    case .bill(let billing):
      if let position = try decide(billing, invoice: command.cause, &group) {
        return .already(position)
      }
    default:
      if let position = try decideHouse(command.action, &group) { return .already(position) }
    }
    return .group(group, key: key)
  }

  private mutating func answered(_ key: CommandKey) throws -> Keys.Answered? {
    guard key.scope == CommandKey.newJob else { return try views.answered(key) }
    guard let number = try views.number(of: .job(key.key)),
      let position = try views.subject(number)?.first
    else { return nil }
    let first = try log.group(of: position).lowerBound
    guard let known = try log.event(at: first)?.envelope.key, known.scope == key.scope,
      known.key == key.key
    else { return nil }
    return Keys.Answered(position: first, command: known.command)
  }

  private static func reused(_ key: CommandKey, _ position: Position) -> Refusal {
    if key.scope == CommandKey.newJob {
      return Refusal(
        .conflict, "job \(key.key) exists since position \(position), from another command",
        position: position, next: "ledger status \(key.key)")
    }
    var refusal = Refusal(
      .conflict, "\(key.scope) key \(key.key) was used for another command at position \(position)",
      position: position, next: "ledger events --after \(position - 1) --limit 1")
    refusal.isAboutKey = true
    return refusal
  }

  /// Free text is not in a command's digest, for a digest of a text outlives its erasure; so the
  /// text itself is compared. Text erased meanwhile counts as the same.
  private func isSameText(_ command: Command, _ position: Position) throws -> Bool {
    guard let submission = command.submission else { return true }
    for position in try log.group(of: position) {
      guard case .jobSubmitted(let body)? = try log.event(at: position)?.event else { continue }
      let attached = submission.attachments.isEmpty ? JSON?.none : submission.attachments.json
      return try isSame(body.input, submission.input)
        && isSame(body.plan, submission.plan?.json)
        && isSame(body.attachments, attached)
        && isSame(body.meta, submission.meta.members.isEmpty ? nil : .object(submission.meta))
    }
    return true
  }

  private func isSame(_ kept: BlobReference?, _ given: JSON?) throws -> Bool {
    guard let name = kept?.name else { return given == nil }
    guard let bytes = try log.blob(name) else { return true }
    guard let given, let json = try? JSON(parsing: bytes) else { return false }
    return json.canonicalBytes == given.canonicalBytes
  }

  /// An account that must exist.
  mutating func account(_ id: String) throws -> (Subject.Name, SubjectNumber) {
    let name = Subject.Name.account(id)
    guard let number = try views.number(of: name) else {
      throw Refusal(
        .notFound, "there is no account \(id)", next: "ledger grant \(id) CREDITS")
    }
    return (name, number)
  }
}

extension Command {
  /// The submission of a submit or track.
  var submission: Submission? {
    switch action {
    case .submit(let submission): submission
    case .track(let tracking): tracking.submission
    default: nil
    }
  }

  /// The key under which this command is answered once: the caller's own, else a new job's id.
  var commandKey: CommandKey? {
    guard let digest = action.digest else { return nil }
    if let key { return CommandKey(key: key, scope: action.scope, command: digest) }
    guard let submission else { return nil }
    if case .track(let tracking) = action, !tracking.hasHold { return nil }
    return CommandKey(key: submission.id, scope: CommandKey.newJob, command: digest)
  }
}
