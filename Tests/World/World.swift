// A whole installation in one thread: the books, the poller, five simulated providers, customers,
// an operator, and everything that befalls them, under one seed. Time, network and the moments of
// death are simulated; decide, views, schedule and profiles are the real ones.

import Judge
import Ledger
import Poller
import Posix
import Providers
import Simulator
import Wire

/// What happened in a world.
package struct WorldReport: Sendable {
  package var events = 0
  package var jobs = 0
  package var deaths = 0
  package var notifications = 0

  package init() {}

  package mutating func add(_ other: WorldReport) {
    events += other.events
    jobs += other.jobs
    deaths += other.deaths
    notifications += other.notifications
  }
}

/// One world.
package final class World {
  /// Turns after which whatever still moves is forgotten.
  static let quietTurnsMax = 6000

  let choices: Choices
  let clock = WorldClock()
  let providers: OfflineProviders
  let network: WorldNetwork
  let home: Home
  /// Things that are done to it before it is left alone.
  private let deeds: Int
  private var done = 0
  var books: Books?
  var death = Death()
  private var stop = Stop()
  var judge = EventJudge()
  /// Submissions by id, to be given again.
  var submissions: [Submission] = []
  /// Letters on their way, and when they arrive.
  var post: [(letter: OfflineLetter, at: Int64)] = []
  /// Letters that the app kept, to be handed over again.
  private(set) var kept: [OfflineLetter] = []
  package private(set) var report = WorldReport()
  /// What was done, a line each.
  package private(set) var story: [String] = []
  private var turns = 0
  private var quietTurns = 0
  private var dyingTurns = 0
  private(set) var isCalm = false
  private var isOver = false

  /// - Parameters:
  ///   - directory: where its home may lie; a file system in memory is fastest.
  ///   - deeds: how many things are done to it.
  package init(_ choices: Choices, deeds: Int, in directory: String) throws {
    self.choices = choices
    self.deeds = deeds
    home = Home(try FileSystem.makeTemporaryDirectory(prefix: directory + "/ledger-world-"))
    var options = SimulatorOptions(
      seed: UInt64(choices.below(1 << 30)), pace: Pace(seconds: 1...120),
      outcomes: try OutcomeShares(parsing: "failed:0.15,canceled:0.03,aborted:0.03,moderated:0.05"),
      faults: try Fault.parse(World.faults))
    options.providers = World.targets.map(\.provider)
    providers = OfflineProviders(options, clock: clock.providers)
    network = try WorldNetwork(choices, clock, providers)
    network.turn = { [unowned self] in try turn() }
    network.nextCall = { [unowned self] in nextCall() }
  }

  deinit { try? FileSystem.removeTree(home.path) }

  /// What providers do wrong: much, but they do not lie about a job's end.
  private static let faults = """
    submit/503:0.03,status/503:0.04,429:0.03:3,html:0.02,empty:0.01,drop-before:0.02,reset:0.02,\
    submit/drop-after:0.03,submit/504-after:0.02,status/half:0.02,status/cut-json:0.02,\
    status/flap:0.03,stale:0.03,status/word:0.02,delay:0.03:5,status/stall:0.01,\
    webhook/twice:0.1,webhook/reorder:0.1,webhook/lost:0.1,webhook/forged:0.03
    """

  /// Lives until nothing moves any more.
  /// - Throws: `Violation`, or whatever a part of it threw that must not.
  package func run() throws -> WorldReport {
    try Books.create(home, program: "world", by: nil)
    repeat { try live() } while !isOver
    try judgeEnd()
    report.events = Int(judge.position)
    report.jobs = submissions.count
    return report
  }

  /// One process, from its start to its death.
  private func live() throws {
    death = Death()
    stop = Stop()
    dyingTurns = 0
    let (clock, death) = (self.clock, self.death)
    let books = try Books(home, clock: { clock.wall })
    books.interruption = { try death.strike(at: $0) }
    self.books = books
    try look()
    network.isDead = false
    let dice = SplitMix64(seed: UInt64(choices.below(1 << 20)))
    let poller = Poller(books, options(), in: .init(network: network, dice: dice))
    do {
      _ = try poller.run()
    } catch {
      guard death.hasCome else { throw Violation("the poller ended by itself: \(error)") }
    }
    if let failure = network.failure { throw failure }
    if death.hasCome { report.deaths += 1 }
    network.die()
    self.books = nil
    if choices.happens(onceIn: 4) {
      tell("the views are deleted")
      try FileSystem.removeTree(home.views)
    }
  }

  private func options() -> PollerOptions {
    let clock = self.clock
    var options = PollerOptions(.daemon)
    options.clock = PollClock(wall: { clock.wall }, boot: { clock.elapsed })
    options.environment = environment
    options.allowLoopback = true
    options.streams = 0
    options.graceSeconds = 0.01
    options.stop = stop
    return options
  }

  /// Keys of all providers, and where they are.
  var environment: @Sendable (String) -> String? {
    let secret = providers.webhookSecret
    let bases = Dictionary(
      uniqueKeysWithValues: providers.addresses.map {
        (ProfileShelf.overrideVariable($0.provider), $0.address)
      })
    return { name in
      if name.hasSuffix("WEBHOOK_SECRET") { return secret }
      if name.hasPrefix("LEDGER_") { return bases[name] }
      return "key:secret"
    }
  }

  /// Once in each turn of the poller, before time moves.
  private func turn() throws {
    turns += 1
    do {
      try look()
      guard !death.isComing else { return die() }
      try carryPost()
      if isCalm { return try rest() }
      if choices.below(2) == 1 {
        try act()
        done += 1
      }
      // Something must be done at last even if nothing was chosen to be.
      if done >= deeds || turns >= deeds * 20 { becomeCalm() }
    } catch {
      // What a dying process was asked to do is not done; what was not asked of it is a failure.
      if death.hasCome, error is BooksError { return }
      stop.request()
      throw error
    }
  }

  /// A death that waits for a commit that does not come is helped along.
  private func die() {
    dyingTurns += 1
    if dyingTurns > 20 { stop.request() }
  }

  func tell(_ words: @autoclosure () -> String) {
    let seconds = Double(clock.elapsed / 1000) / 1000
    story.append("\(seconds) s  \(words())")
  }

  func keep(_ letter: OfflineLetter) { kept.append(letter) }

  func note(_ change: (inout WorldReport) -> Void) { change(&report) }

  /// From now on nothing goes wrong, and what can end must end.
  private func becomeCalm() {
    isCalm = true
    network.isCalm = true
    providers.calm()
    clock.setRight()
    tell("calm")
  }

  /// Over when nothing moves any more; whatever moves for ever was forgotten.
  private func rest() throws {
    quietTurns += 1
    for pause in try pauses() { _ = try ask(pause) }
    guard let moving = try movingJob() else {
      isOver = true
      return stop.request()
    }
    try demand(quietTurns < World.quietTurnsMax, "nothing becomes of \(moving)")
  }

  /// When something is due that no packet brings.
  private func nextCall() -> Int64? {
    guard !death.isComing, let books else { return nil }
    let now = max(clock.wall, clock.steady)
    let due = try? books.read { try $0.nextDue(after: now) }
    let jump = due.flatMap { $0 }.map { clock.elapsed + $0.microseconds - now.microseconds }
    let mail = providers.mailAt
    // Short enough for things to meet; when nothing is done any more, the pauses can be long.
    let end = clock.elapsed + (isCalm ? 3_600_000_000 : 30_000_000)
    return [jump, mail, post.map(\.at).min(), end].compactMap { $0 }.min()
  }
}
