// Commands of all kinds, sensible and not, over a few accounts, jobs, providers and handles, so
// that they meet each other often.

import Ledger
import Support
import Wire

/// Draws commands.
struct RandomCommands {
  var random: SplitMix64
  private var drawn = 0
  /// Keyed commands drawn before, to be given again.
  private var keyed: [(Action, String?)] = []

  init(random: SplitMix64) { self.random = random }

  mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  mutating func chance(_ one: Int) -> Bool { number(1...one) == 1 }

  mutating func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random)! }

  /// Amounts with and without decimals, zero among them.
  mutating func amount() -> Credits {
    chance(3)
      ? Credits(micros: Int64(number(0...9_000_000)))
      : Credits(micros: Int64(number(0...12)) * 1_000_000)
  }

  private mutating func account() -> String { "acct-\(number(1...4))" }
  private mutating func provider() -> String { pick(["replicate", "fal"]) }

  /// Mostly a recent job, so that jobs live on; sometimes one that does not exist.
  private mutating func job() -> String {
    let newest = drawn / 15
    return "job-\(max(0, newest - number(0...6)))"
  }

  /// The next command and the caller's key.
  mutating func next(now: Timestamp, look: (String) -> ModelJob?) -> (Action, key: String?) {
    drawn += 1
    if chance(15), let earlier = keyed.randomElement(using: &random) {
      return (chance(3) ? other(earlier.0, now) : earlier.0, earlier.1)
    }
    let action = draw(now, look)
    let key: String?
    switch action {
    case .grant, .submit, .refund, .adjust, .job(_, .resolve):
      key = chance(3) ? "key-\(number(1...40))" : nil
    default: key = nil
    }
    switch action {
    case .grant, .submit, .track, .refund, .adjust, .job(_, .resolve):
      keyed.append((action, key))
    default: break
    }
    return (action, key)
  }

  /// Another command, to come under a key that was used.
  private mutating func other(_ action: Action, _ now: Timestamp) -> Action {
    switch action {
    case .grant(var grant):
      grant.amount += Credits(micros: 1)
      return .grant(grant)
    case .submit(var submission):
      let one = Credits(micros: 1)
      submission.hold += one
      if var plan = submission.plan {
        plan.steps[plan.steps.count - 1].share += one
        submission.plan = plan
      }
      return .submit(submission)
    case .adjust(var adjustment):
      adjustment.amount += Credits(micros: 1)
      return .adjust(adjustment)
    default: return action
    }
  }

  private mutating func draw(_ now: Timestamp, _ look: (String) -> ModelJob?) -> Action {
    switch number(1...100) {
    case 1...6: return .grant(grant(now))
    case 7: return house()
    case 8...17: return .submit(submission(now))
    case 18...19:
      return .track(tracking(now))
    case 20...21:
      var submission = single(now)
      submission.id = job()
      if let job = look(submission.id), !chance(6) {
        submission.provider = job.provider
        submission.account = job.account
      }
      return .track(
        Tracking(
          submission: submission, hasHold: false, handle: FoundHandle(externalID: external())))
    case 22: return policy()
    case 23...25 where chance(2):
      return .refund(Refund(job: job(), amount: chance(2) ? amount() : nil, reason: "r"))
    case 23 where chance(2):
      return .pause(
        Pause(
          provider: chance(2) ? provider() : nil, account: chance(3) ? account() : nil, reason: "r")
      )
    case 23...27:
      return .unpause(provider: chance(2) ? provider() : nil, account: chance(3) ? account() : nil)
    default:
      let id = job()
      guard let job = look(id), !chance(3) else { return .job(id, command(number(1...20), now)) }
      if job.captured > job.refunded, chance(6) {
        return .refund(Refund(job: id, amount: chance(2) ? amount() : nil, reason: "r"))
      }
      return .job(id, fitting(job.state, now))
    }
  }

  /// What people and time do to an account.
  private mutating func house() -> Action {
    switch number(1...4) {
    case 1: return .setLimit(account: account(), limit: amount(), reason: nil)
    case 2: return .expire(account: account())
    default:
      let amount = Credits(micros: amount().micros * (chance(2) ? -1 : 1))
      return .adjust(Adjustment(account: account(), amount: amount, reason: "r"))
    }
  }

  private mutating func policy() -> Action {
    switch number(1...6) {
    case 1: .setPolicy(name: "on_account_problem", value: pick(["fail", "wait", nil]))
    case 2: .setPolicy(name: "late_success", value: pick(["charge", "charge", "write_off", nil]))
    case 3, 4: .setPolicy(name: "store", value: pick(["s3://bucket", "s3://bucket", nil]))
    default: .setPolicy(name: "capture_on", value: pick(["stored", "stored", "succeeded", nil]))
    }
  }

  private mutating func grant(_ now: Timestamp) -> Grant {
    Grant(
      account: account(), amount: amount() + Credits(micros: 1),
      expires: chance(2) ? deadline(-2...120, now) : nil,
      priority: Int64(number(-1...1)))
  }

  private mutating func deadline(_ seconds: ClosedRange<Int>, _ now: Timestamp) -> Deadline {
    let length = number(seconds)
    if length >= 0, chance(2) { return .after(UInt64(length) * 1000) }
    return .at(now.advanced(seconds: Double(length)))
  }

  private mutating func submission(_ now: Timestamp) -> Submission {
    var submission = single(now)
    guard chance(3) else { return submission }
    let plan = plan(submission.hold)
    submission.plan = plan
    submission.provider = plan.steps[0].provider
    submission.input = nil
    return submission
  }

  /// One to four steps that share a price.
  private mutating func plan(_ hold: Credits) -> Plan {
    var rest = hold
    var steps = (0..<number(1...4)).map { index in
      let share = Credits(micros: Int64.random(in: 0...rest.micros, using: &random))
      rest -= share
      return Plan.Step(provider: provider(), input: ["n": .int(index)], share: share)
    }
    steps[steps.count - 1].share += rest
    return Plan(steps)
  }

  /// A job found in the middle of its steps.
  private mutating func tracking(_ now: Timestamp) -> Tracking {
    var submission = submission(now)
    var handle = FoundHandle(externalID: external(), patienceMilliseconds: 20_000)
    if var plan = submission.plan {
      let step = number(0...plan.steps.count - 1)
      for index in 0..<step {
        plan.steps[plan.steps.count - 1].share += plan.steps[index].share
        plan.steps[index].share = .zero
      }
      submission.plan = plan
      submission.provider = plan.steps[step].provider
      handle.step = UInt64(step)
    }
    return Tracking(submission: submission, hasHold: true, handle: handle)
  }

  private mutating func single(_ now: Timestamp) -> Submission {
    Submission(
      id: "job-\(drawn / 15 + (chance(9) ? 0 : 1))", account: account(), provider: provider(),
      hold: amount(), input: chance(3) ? ["n": .int(number(0...3))] : nil,
      patienceMilliseconds: chance(3) ? UInt64(number(1...60_000)) : nil,
      holdExpires: chance(2) ? deadline(1...40, now) : nil)
  }

  private mutating func external() -> String { "x-\(number(0...400) < 40 ? 0 : drawn)" }

  /// A command that a job in this state can expect.
  private mutating func fitting(_ state: JobState, _ now: Timestamp) -> JobCommand {
    if chance(8) { return .expire(lookAt: chance(2) ? now : nil) }
    if chance(20) { return command(19, now) }
    if chance(25) { return told() }
    return switch state {
    case .submitted: command(pick([1, 1, 1, 1, 1, 1, 1, 11]), now)
    case .dispatching: command(pick([5, 5, 5, 5, 9, 10, 10, 11]), now)
    case .uncertain: command(pick([1, 5, 14]), now)
    case .parked: command(pick([5, 12, 12, 14, 19]), now)
    case .storing: command(pick([15, 16, 16, 16, 17, 18, 11, 14]), now)
    case .succeeded: command(pick([14, 15, 16, 17]), now)
    default: command(pick([11, 14, 14, 14, 14, 14, 14]), now)
    }
  }

  /// What the world outside has heard, or says it has seen.
  private mutating func told() -> JobCommand {
    switch number(1...3) {
    case 1: .deliver(Delivery(channel: .hook, consumer: "app"))
    case 2: .deliver(Delivery(channel: .hook, failure: Exchange(httpStatus: 503, message: "m")))
    default: .report(ClientReport(kind: "network_error", words: ["seen": "a spinner"]))
    }
  }

  private mutating func command(_ kind: Int, _ now: Timestamp) -> JobCommand {
    let later = now.advanced(seconds: Double(number(0...30)))
    switch kind {
    case 1...4:
      return .startDispatch(
        DispatchStart(
          externalID: chance(4) ? external() : nil, idempotencyKey: chance(3) ? "k" : nil,
          nextAt: later))
    case 5...8:
      let handle = FoundHandle(
        externalID: chance(9) ? nil : external(),
        patienceMilliseconds: chance(2) ? UInt64(number(1...60_000)) : nil)
      return .accept(
        Acceptance(
          via: .submit, handle: handle, nextAt: later, outcome: chance(8) ? observation(now) : nil))
    case 9:
      return .doubt(
        Doubt(
          fault: .timeout, exchange: Exchange(fault: .timeout),
          reconcileAt: chance(2) ? later : nil,
          advice: "look"))
    case 10:
      return .refuse(
        Refused(
          replyClass: .transient, exchange: Exchange(httpStatus: 429, message: "m"),
          retryAt: chance(3) ? nil : later, isAccountProblem: chance(3), chargesCustomer: chance(4))
      )
    case 11: return chance(3) ? .park(.operator, message: "m") : .cancel(reason: nil)
    case 12: return .unpark(reason: nil)
    case 13: return .check(reason: "why")
    case 15: return .startStore(nextAt: later)
    case 16:
      let digest = [UInt8](repeating: 1, count: 32)
      return .stored(
        StoredOutput(
          output: UInt64(chance(3) ? 1 : 0), store: "s3", key: "k", bytes: 9, sha256: digest))
    case 17, 18:
      return .storeFailed(
        StoreFailure(
          output: UInt64(chance(3) ? 1 : 0), replyClass: .transient,
          retryAt: chance(2) ? later : nil))
    case 19: return .resolve(pick([.succeeded, .failed]), reason: "r")
    default: return .observe(observation(now))
    }
  }

  private mutating func observation(_ now: Timestamp) -> Observation {
    let source: Observation.Source =
      chance(3)
      ? .notification(pick([.webhook, .sse]), id: "m", verified: chance(2))
      : .poll(chance(6) ? .cancel : .status)
    var seen = Observation(
      source: source, exchange: Exchange(httpStatus: 200, reply: Array("{\"n\":1}".utf8)),
      reading: pick([
        .pending, .pending, .pending, .unknown, .succeeded, .succeeded, .failed, .canceled,
      ]),
      nextAt: chance(5) ? nil : now.advanced(seconds: Double(number(0...30))))
    seen.outputs = (0..<pick([0, 1, 1, 1, 2])).map { .init(url: "https://files.example/\($0)") }
    seen.charge = chance(3) ? Credits(micros: Int64(number(-1_000_000...9_000_000))) : nil
    seen.chargesCustomer = chance(4)
    seen.chargesCompletedStep = chance(2)
    seen.step = chance(12) ? UInt64(number(0...2)) : nil
    return seen
  }
}
