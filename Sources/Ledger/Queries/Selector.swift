// Which jobs or events are meant, wherever many are: one meaning for status, events and export.

package import Wire

/// Conditions that must all hold; an empty one means everything.
package struct Selector: Sendable, Equatable {
  /// Account id.
  package var account: String?
  /// Provider's name.
  package var provider: String?
  package var model: String?
  /// One of these states; empty: any.
  package var states: [JobState]
  /// Labels that the job's metadata must hold, as text.
  package var meta: [JSONObject.Member]
  /// Not before this moment: of a job its submission, of an event its recording.
  package var since: Timestamp?
  /// Not after this moment.
  package var until: Timestamp?
  /// At most so many; nil: all.
  package var limit: Int?

  package init(
    account: String? = nil, provider: String? = nil, model: String? = nil,
    states: [JobState] = [], meta: [JSONObject.Member] = [], since: Timestamp? = nil,
    until: Timestamp? = nil, limit: Int? = nil
  ) {
    self.account = account
    self.provider = provider
    self.model = model
    self.states = states
    self.meta = meta
    self.since = since
    self.until = until
    self.limit = limit
  }

  /// Only events about jobs can satisfy it.
  var namesJobs: Bool { model != nil || !states.isEmpty || !meta.isEmpty }

  /// Events about things other than jobs can be left out, or must belong to the account named.
  var isAboutAll: Bool { account == nil && provider == nil && !namesJobs }

  func holds(at time: Timestamp?) -> Bool {
    guard let time else { return since == nil && until == nil }
    return since.map { time >= $0 } ?? true && until.map { time <= $0 } ?? true
  }
}

/// A selector with its names looked up, ready to be asked of many jobs.
struct BoundSelector {
  let selector: Selector
  /// Nil: any account.
  private(set) var account: SubjectNumber?
  /// A named account that the books do not know: nothing matches.
  private(set) var isEmpty = false

  init(_ selector: Selector, _ snapshot: inout Snapshot) throws {
    self.selector = selector
    guard let name = selector.account else { return }
    account = try snapshot.accountNumber(name)
    isEmpty = account == nil
  }

  /// Whether a job is meant, its time of submission left aside.
  func matches(
    _ number: SubjectNumber, _ job: Job, _ snapshot: inout Snapshot
  ) throws -> Bool {
    if isEmpty { return false }
    if let account, job.account != account { return false }
    if !selector.states.isEmpty, !selector.states.contains(job.state) { return false }
    if let provider = selector.provider,
      try snapshot.providerName(job.provider) != provider
    {
      return false
    }
    guard selector.model != nil || !selector.meta.isEmpty else { return true }
    guard case .jobSubmitted(let body)? = try snapshot.log.event(at: job.submitted)?.event else {
      return false
    }
    if let model = selector.model {
      guard try snapshot.target(of: Int(job.step), job, body).model == model else { return false }
    }
    guard !selector.meta.isEmpty else { return true }
    let labels = try body.meta.flatMap { try snapshot.json($0) }
    return selector.meta.allSatisfy { labels?[$0.name].map($0.value.isSameLabel(as:)) ?? false }
  }
}

extension JSON {
  /// Labels are compared as text: `7` of an app's JSON is the `7` of a command line.
  func isSameLabel(as other: JSON) -> Bool {
    switch (self, other) {
    case (.string(let a), .number(let b)), (.number(let a), .string(let b)): a == b
    default: self == other
    }
  }
}
