// A page of the provider's list → the jobs in it that may be ours.

import Ledger
package import Wire

/// What is known of the job that is looked for.
package struct LostJob: Sendable {
  /// With the input; the handle is what is looked for.
  package var context: RequestContext
  /// When the attempt whose answer is missing began.
  package var startedAt: Timestamp

  package init(_ context: RequestContext, startedAt: Timestamp) {
    self.context = context
    self.startedAt = startedAt
    self.context.handle = ProviderHandle()
  }
}

/// A job of the provider's list that may be the one.
package struct Candidate: Sendable, Equatable {
  package let handle: ProviderHandle
  package let word: String?
  /// The item as it stood in the list.
  package let item: JSON
}

/// One page of the provider's list.
package struct ListReading: Sendable {
  /// How the request went; never a verdict.
  package var reply: ReplyReading
  /// Jobs on the page.
  package var items = 0
  package var candidates: [Candidate] = []
  /// The next page's URL or cursor.
  package var next: String?
  /// Every job of the page is older than the one looked for, so those behind it are too.
  package var isPast = false
  /// The jobs of the page stand where the profile says.
  package var isReadable = false

  package init(reply: ReplyReading) { self.reply = reply }
}

extension Profile {
  /// What a reply to the list request shows of `lost`.
  /// - Parameter keepsAll: every listed job is a candidate, for people who try a profile.
  package func readList(
    _ reply: Reply, for lost: LostJob, keepsAll: Bool = false
  ) -> ListReading {
    var reading = ListReading(reply: read(.list, reply, for: lost.context))
    guard let reconcile, reading.reply.replyClass == .ok,
      let page = try? JSON(parsing: reply.body)
    else { return reading }
    let items = reconcile.items.values(in: page)
    let all = items.count == 1 ? items[0].array ?? items : items
    reading.isReadable = !items.isEmpty
    reading.items = all.count
    reading.next = reconcile.next.text(in: page).flatMap {
      $0.isEmpty || $0.utf8.count > WebAddress.bytesMax ? nil : $0
    }
    let match = LostMatch(reconcile.match, lost, models: models(lost.context))
    for item in all
    where keepsAll
      || reading.candidates.count < ReconcileRule.candidatesMax && match.holds(for: item)
    {
      let status = read(.status, Reply(status: 200, body: item.bytes), for: lost.context)
      guard status.handle.externalID != nil else { continue }
      reading.candidates.append(
        Candidate(handle: status.handle, word: status.word, item: item))
    }
    reading.isPast = !all.isEmpty && all.allSatisfy(match.isBefore)
    return reading
  }

  /// How a list may name the job's model.
  private func models(_ context: RequestContext) -> Set<String> {
    guard let model = model(context) else { return [] }
    let sent = requests[.submit].flatMap { try? form(of: $0, .submit, context) }
    return Set([model, sent?.match].compactMap { $0 })
  }
}

/// The profile's question to an item, with the job's own facts in it.
private struct LostMatch {
  private let rule: MatchRule
  private let lost: LostJob
  private let models: Set<String>

  init(_ rule: MatchRule, _ lost: LostJob, models: Set<String>) {
    self.rule = rule
    self.lost = lost
    self.models = models
  }

  func holds(for item: JSON) -> Bool {
    if !rule.jobID.paths.isEmpty, rule.jobID.text(in: item) != lost.context.jobID { return false }
    if !rule.input.paths.isEmpty, !repeatsInput(item) { return false }
    if !rule.model.paths.isEmpty, !namesModel(item) { return false }
    guard !rule.created.paths.isEmpty else { return true }
    guard let created = created(item) else { return false }
    return abs(created.seconds(since: lost.startedAt)) <= Double(rule.withinSeconds)
  }

  /// Created so long before the attempt that it cannot be the one.
  func isBefore(_ item: JSON) -> Bool {
    guard let created = created(item) else { return false }
    return lost.startedAt.seconds(since: created) > Double(rule.withinSeconds)
  }

  private func repeatsInput(_ item: JSON) -> Bool {
    guard let ours = lost.context.input?.object?.members.filter({ !$0.value.isNull }),
      let theirs = rule.input.first(in: item)?.object
    else { return false }
    return ours.count >= rule.equalMin
      && ours.allSatisfy { theirs[$0.name].map($0.value.means) ?? false }
  }

  private func namesModel(_ item: JSON) -> Bool {
    rule.model.paths.contains { path in
      path.values(in: item).contains { $0.plainText.map(models.contains) ?? false }
    }
  }

  private func created(_ item: JSON) -> Timestamp? {
    guard let text = rule.created.text(in: item) else { return nil }
    if let time = Timestamp(text) { return time }
    return DecimalText(text)?.millionths(times: DecimalText("1")!)
      .map { Timestamp(microseconds: $0) }
  }
}

extension JSON {
  /// Equal but for a number's spelling and members that are null: providers write both anew.
  fileprivate func means(_ other: JSON) -> Bool {
    switch (self, other) {
    case (.number(let a), .number(let b)):
      guard a != b else { return true }
      guard let a = DecimalText(a), let b = DecimalText(b) else { return false }
      let one = DecimalText("1")!
      return a == b || a.millionths(times: one).map { $0 == b.millionths(times: one) } ?? false
    case (.array(let a), .array(let b)):
      return a.count == b.count && zip(a, b).allSatisfy { $0.means($1) }
    case (.object(let a), .object(let b)):
      let ours = a.members.filter { !$0.value.isNull }
      let theirs = b.members.filter { !$0.value.isNull }
      return ours.count == theirs.count
        && ours.allSatisfy { member in b[member.name].map(member.value.means) ?? false }
    default: return self == other
    }
  }
}
