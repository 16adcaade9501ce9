// One simulated job. Its whole life is decided when it is created; its state is then a function of
// time, so that no timer drives it and nothing a client does or fails to do stops it.
import Wire

/// What was decided about a job when it was created. Times are microseconds after its creation.
struct JobPlan: Sendable {
  private(set) var startsAfterMicroseconds: Int64
  private(set) var endsAfterMicroseconds: Int64
  private(set) var outcome: Outcome
  /// How far the work gets: 1 for a success, less for a job that breaks on the way.
  let reach: Double
  /// The error text, when it is not the provider's usual one.
  let error: String?
  /// The output, when the job's input chose it.
  let output: JSON?

  /// A plan by dice, shares and the job's own wish. The number of throws does not depend on the
  /// wish, so that a wish changes only what it names.
  init(dice: inout SplitMix64, pace: Pace, shares: OutcomeShares, wish: JobWish) {
    let rolledSeconds = dice.between(pace.seconds)
    let rolledOutcome = shares.outcome(at: dice.unit())
    let queueShare = dice.between(0.05...0.2)
    let rolledReach = dice.between(0.1...0.9)
    let end = Int64(((wish.seconds ?? rolledSeconds) * 1e6).rounded())
    outcome = wish.outcome ?? rolledOutcome
    endsAfterMicroseconds = end
    // Aborted means: the deadline passed before the start (PROVIDERS.md A.2).
    startsAfterMicroseconds = outcome == .aborted ? end : Int64(Double(end) * queueShare)
    reach = outcome == .succeeded ? 1 : rolledReach
    error = wish.error
    output = wish.output
  }

  /// Everything happens later.
  mutating func wait(_ microseconds: Int64) {
    startsAfterMicroseconds += microseconds
    endsAfterMicroseconds += microseconds
  }

  /// The deadline a client gave: the job is aborted when it would start later.
  mutating func abort(unlessStartedWithin seconds: Double) {
    let deadline = Int64((seconds * 1e6).rounded())
    guard startsAfterMicroseconds > deadline else { return }
    outcome = .aborted
    startsAfterMicroseconds = deadline
    endsAfterMicroseconds = deadline
  }
}

/// A job of one of the simulated providers.
struct SimulatedJob: Sendable {
  enum State: Sendable, Equatable {
    case queued
    /// Working; the fraction done, from 0 up to but not including 1.
    case running(Double)
    case ended(Outcome)
  }

  let provider: String
  let id: String
  /// Which submit it belongs to (`Tally`).
  let identity: String
  /// What the provider shows of the request, in its own words (`model`, `version`, `webhook`, ...).
  let shown: JSONObject
  let input: JSON
  /// How long its outputs can be fetched, where its submit said so.
  let outputLifeSeconds: Double?
  /// Where its messages go.
  let webhook: WebhookTarget?
  /// What they are signed with.
  var webhookKeys: WebhookKeys?
  /// The address its submit came to; its webhooks name it.
  let address: String
  /// Microseconds since the simulator's start.
  let createdAt: Int64
  let plan: JobPlan
  /// When a cancel took effect, if it came before the end.
  private(set) var canceledAt: Int64?
  /// Whether its provider lost its runner and ran it again.
  var isRerun = false
  /// Whether its provider says in the middle of its work that it failed, and then that it did not.
  var isRegretted = false
  /// Status requests answered.
  var polls = 0

  init(_ order: JobOrder, id: String, address: String, createdAt: Int64, plan: JobPlan) {
    provider = order.provider.name
    self.id = id
    identity = order.identity
    shown = order.shown
    input = order.input
    outputLifeSeconds = order.outputLifeSeconds
    webhook = order.webhook
    self.address = address
    self.createdAt = createdAt
    self.plan = plan
  }

  var endsAt: Int64 { canceledAt ?? createdAt + plan.endsAfterMicroseconds }

  var plannedStart: Int64 { createdAt + plan.startsAfterMicroseconds }
  var plannedEnd: Int64 { createdAt + plan.endsAfterMicroseconds }

  /// When the work began; nil before that, and for ever if the job ended first.
  func startedAt(_ now: Int64) -> Int64? {
    guard plan.outcome != .aborted, plannedStart <= min(now, endsAt) else { return nil }
    return plannedStart
  }

  func state(at now: Int64) -> State {
    if now >= endsAt { return .ended(canceledAt == nil ? plan.outcome : .canceled) }
    if isRegretted, fraction(at: now) >= 0.4 { return .ended(.failed) }
    return startedAt(now) == nil ? .queued : .running(fraction(at: now))
  }

  /// The fraction of the work that is done, never beyond the plan's reach.
  func fraction(at now: Int64) -> Double {
    guard let start = startedAt(now) else { return 0 }
    let whole = createdAt + plan.endsAfterMicroseconds - start
    guard whole > 0 else { return plan.reach }
    return plan.reach * Double(min(now, endsAt) - start) / Double(whole)
  }

  /// Ends the job now, unless it has ended.
  /// - Returns: false when it had ended.
  mutating func cancel(at now: Int64) -> Bool {
    guard now < endsAt else { return false }
    canceledAt = now
    return true
  }

  /// Time worked, for bills: from the start to the end; nil while the job is open.
  func workedMicroseconds(at now: Int64) -> Int64? {
    guard now >= endsAt else { return nil }
    return startedAt(now).map { endsAt - $0 } ?? 0
  }
}
