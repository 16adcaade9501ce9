// Everything the simulated providers share: time, dice, jobs and counts. A value: whoever holds it
// holds all of it.
import Wire

/// The simulated world at one moment.
struct World: Sendable {
  private(set) var options: SimulatorOptions
  let epoch: Timestamp
  /// `http://127.0.0.1:PORT` of the door the present request came through: every URL in its reply
  /// begins with it.
  var address: String
  /// Microseconds since the start; moves only between requests.
  var now: Int64 = 0
  /// Raised when a job's end moves or it has messages to send, so that whoever waits for it looks
  /// again.
  private(set) var changes = 0
  /// What faults do to the job that the present request makes or is about.
  var marks: Set<FaultKind> = []
  private(set) var jobs: [SimulatedJob] = []
  var tally: Tally
  var mail = Mailbox()
  var sent = SentMail()
  let keys: WebhookKeys
  var player: RecordingPlayer

  private var byID: [String: Int] = [:]
  private var byKey: [String: (content: Fingerprint, index: Int)] = [:]
  private var byProvider: [String: [Int]] = [:]
  private var inputBytes = 0
  /// Place of a fault with a limit → how often it struck.
  private var strikes: [Int: Int] = [:]
  private var occurrences: [Fingerprint: UInt64] = [:]

  /// Nothing goes wrong any more.
  mutating func calm() { options.faults = [] }

  init(options: SimulatorOptions, epoch: Timestamp, address: String) {
    self.options = options
    self.epoch = epoch
    self.address = address
    keys = WebhookKeys(seed: options.seed, secret: options.webhookSecret)
    tally = Tally(limit: options.limits.counted)
    player = RecordingPlayer(options.recordings)
  }

  /// The world's seed followed by a purpose; the start of every dice.
  func fingerprint(_ purpose: String...) -> Fingerprint {
    var fingerprint = Fingerprint()
    fingerprint.add(options.seed)
    for part in purpose { fingerprint.add(part.utf8) }
    return fingerprint
  }

  /// How often this was asked before. Beyond the bound every new one counts as the first.
  mutating func occurrence(of fingerprint: Fingerprint) -> UInt64 {
    let count = occurrences[fingerprint] ?? 0
    if count > 0 || occurrences.count < options.limits.counted {
      occurrences[fingerprint] = count + 1
    }
    return count
  }

  /// A moment of the simulated world as wall-clock time.
  func timestamp(_ moment: Int64) -> Timestamp {
    Timestamp(microseconds: epoch.microseconds + moment)
  }

  /// A new job's id and plan come from its content and from how often that was submitted before,
  /// not from the order of unrelated submits: concurrent clients see the same world in every run.
  /// - Returns: its index in `jobs`; nil when the world is full.
  mutating func create(_ order: JobOrder) -> Int? {
    guard jobs.count < options.limits.jobs,
      inputBytes + order.inputBytes <= options.limits.inputBytes
    else { return nil }
    let provider = order.provider.name
    var content = fingerprint("job", provider, order.identity)
    content.add(occurrence(of: content))
    var dice = content.dice
    var plan = JobPlan(
      dice: &dice, pace: options.pace, shares: options.outcomes, wish: order.wish)
    let id = order.id ?? order.provider.ids.next(&dice)
    if order.waitsForSlot { plan.wait(slotDelay(of: provider)) }
    if let seconds = order.startWithinSeconds { plan.abort(unlessStartedWithin: seconds) }
    var job = SimulatedJob(order, id: id, address: address, createdAt: now, plan: plan)
    job.webhookKeys = job.webhook == nil ? nil : keys
    job.isRerun = marks.contains(.rerun)
    job.isRegretted = marks.contains(.regret)
    jobs.append(job)
    inputBytes += order.inputBytes
    byID[World.key(provider, job.id)] = jobs.count - 1
    byProvider[provider, default: []].append(jobs.count - 1)
    if job.webhook != nil {
      announce(jobs.count - 1)
      changes += 1
    }
    return jobs.count - 1
  }

  /// A provider's jobs that have not ended.
  func openJobs(of provider: String) -> Int {
    indexes(of: provider).count { jobs[$0].endsAt > now }
  }

  /// How long until fewer jobs of a provider are open than may run at once.
  private func slotDelay(of provider: String) -> Int64 {
    guard let slots = options.concurrency else { return 0 }
    let ends = indexes(of: provider).map { jobs[$0].endsAt }.filter { $0 > now }.sorted()
    return ends.count < slots ? 0 : ends[ends.count - slots] - now
  }

  /// The index in `jobs` of a provider's job.
  func index(of id: String, provider: String) -> Int? { byID[World.key(provider, id)] }

  /// Indexes of a provider's jobs, oldest first.
  func indexes(of provider: String) -> [Int] { byProvider[provider] ?? [] }

  mutating func notePoll(of index: Int) { jobs[index].polls += 1 }

  /// The job that was made with an idempotency key, and what was asked with it.
  func keyed(_ key: String, of provider: String) -> (content: Fingerprint, index: Int)? {
    byKey[World.key(provider, key)]
  }

  mutating func remember(_ key: String, of provider: String, content: Fingerprint, index: Int) {
    byKey[World.key(provider, key)] = (content, index)
  }

  /// A job that its provider was asked to forget is not found any more.
  mutating func hide(_ index: Int) {
    byID[World.key(jobs[index].provider, jobs[index].id)] = nil
  }

  /// Whether the fault in this place of the options may strike once more; if so, it does.
  mutating func mayStrike(_ place: Int) -> Bool {
    guard let times = options.faults[place].times else { return true }
    let count = strikes[place, default: 0]
    guard count < times else { return false }
    strikes[place] = count + 1
    return true
  }

  /// Ends a job, unless its provider says yes and does nothing.
  mutating func cancel(_ index: Int) {
    guard !marks.contains(.deaf) else { return }
    guard jobs[index].cancel(at: now) else { return }
    changes += 1
    announce(index, isCanceled: true)
  }

  private static func key(_ provider: String, _ id: String) -> String { provider + "/" + id }
}
