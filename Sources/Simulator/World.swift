// Everything the simulated providers share: time, dice, jobs and counts. A value: whoever holds it
// holds all of it.
import Wire

/// The simulated world at one moment.
struct World: Sendable {
  let options: SimulatorOptions
  let epoch: Timestamp
  /// `http://127.0.0.1:PORT`, which every URL in a reply begins with.
  let address: String
  /// Microseconds since the start; moves only between requests.
  var now: Int64 = 0
  /// Raised when a job's end moves, so that replies waiting for it are looked at again.
  private(set) var changes = 0
  private(set) var jobs: [SimulatedJob] = []
  var tally: Tally
  var player: RecordingPlayer

  private var byID: [String: Int] = [:]
  private var byProvider: [String: [Int]] = [:]
  private var inputBytes = 0
  private var occurrences: [Fingerprint: UInt64] = [:]

  init(options: SimulatorOptions, epoch: Timestamp, address: String) {
    self.options = options
    self.epoch = epoch
    self.address = address
    tally = Tally(limit: options.limits.counted)
    player = RecordingPlayer(options.recordings, address: address)
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
  mutating func create(
    provider: String, identity: String, id: String?, shown: JSONObject, input: JSON,
    inputBytes size: Int, wish: JobWish
  ) -> Int? {
    guard jobs.count < options.limits.jobs, inputBytes + size <= options.limits.inputBytes else {
      return nil
    }
    var content = fingerprint("job", provider, identity)
    content.add(occurrence(of: content))
    var dice = content.dice
    let plan = JobPlan(dice: &dice, pace: options.pace, shares: options.outcomes, wish: wish)
    let job = SimulatedJob(
      provider: provider, id: id ?? World.identifier(&dice), identity: identity, shown: shown,
      input: input, createdAt: now, plan: plan)
    jobs.append(job)
    inputBytes += size
    byID[World.key(provider, job.id)] = jobs.count - 1
    byProvider[provider, default: []].append(jobs.count - 1)
    return jobs.count - 1
  }

  /// The index in `jobs` of a provider's job.
  func index(of id: String, provider: String) -> Int? { byID[World.key(provider, id)] }

  /// Indexes of a provider's jobs, oldest first.
  func indexes(of provider: String) -> [Int] { byProvider[provider] ?? [] }

  mutating func notePoll(of index: Int) { jobs[index].polls += 1 }

  mutating func cancel(_ index: Int) {
    jobs[index].cancel(at: now)
    changes += 1
  }

  private static func key(_ provider: String, _ id: String) -> String { provider + "/" + id }

  /// 26 characters of the alphabet of Replicate's ids (recorded: `hdwst0bb05rgp0cf0p29mzk2am`).
  private static func identifier(_ dice: inout SplitMix64) -> String {
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    return String(decoding: (0..<26).map { _ in alphabet[dice.below(32)] }, as: UTF8.self)
  }
}
