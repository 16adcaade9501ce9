// The poller: submits what was handed in, looks after what the provider has, writes down what it
// is told. One thread; all it knows is in the log, so it may be killed at any point.

import Glibc
import HTTP
package import Ledger
import Posix
import Providers
import Wire

/// The active poller of a home. Belongs to the thread that runs it; others end it by its `Stop`.
package final class Poller {
  /// The longest sleep, milliseconds: HEAD is flushed once a second, and where no watch on it can
  /// be had, another process's append is noticed within `lookMilliseconds`.
  static let sleepMilliseconds = 1000
  static let lookMilliseconds = 200
  /// Entries of the due list looked at in one turn.
  static let picksMax = 4096
  /// How often a poller that stands by tries to become the active one, microseconds.
  static let standbyMicroseconds: UInt32 = 100_000
  /// How long a job is left alone after the books refused a command on it, seconds.
  static let refusedSeconds = 1.0
  /// Different warnings that are told only once.
  static let toldMax = 1000

  let books: Books
  let options: PollerOptions
  let report: (Notice) -> Void
  /// Nil: the machine's network and its dice.
  private let world: World?
  var dice: any RandomNumberGenerator
  var shelf: ProfileShelf
  var traffic = Traffic()
  var storeroom = Storeroom()
  /// Requests that left, by tag.
  var flights: [UInt64: Flight] = [:]
  var asking: Set<SubjectNumber> = []
  var submitting: Set<SubjectNumber> = []
  /// Commands for the next commit.
  var outbox: [Entry] = []
  /// Accounts whose credits have come to their end, for the next commit.
  var ended: [String] = []
  /// Messages whose jobs are known by now, for the next commit.
  var letters: [Command] = []
  /// Where the world reaches us (policy `public_url`), and what signs the addresses given away.
  var publicURL: String?
  var webhookKey: WebhookKey?
  /// Public keys of providers: wanted, asked for by tag, and when they were last looked after.
  var keysWanted: [(name: String, url: WebAddress)] = []
  var keysUnderWay: [UInt64: String] = [:]
  var keysTriedAt: Timestamp?
  /// Requests that need no commit first.
  var departures: [Departure] = []
  /// Jobs not to be looked at before a time.
  var quiet: [SubjectNumber: Timestamp] = [:]
  /// Providers whose requests cannot be made, and why.
  var blocked: [String: String] = [:]
  /// How far the due list was walked, when one turn was not enough.
  var mark: DueJob?
  /// Open streams and those to be opened again, by job.
  var streams: [SubjectNumber: LiveStream] = [:]
  /// Whose connection a tag is.
  var streamTags: [UInt64: SubjectNumber] = [:]
  /// Jobs that a stream could be opened for.
  var wished: Set<SubjectNumber> = []
  /// Jobs that have no stream, or none any more.
  var unstreamed: Set<SubjectNumber> = []
  /// Refused streams that were written down, by job and reason.
  var refusals: Set<String> = []
  /// Connections to make and to end, once the snapshot is closed.
  var opening: [(tag: UInt64, request: HTTPRequest, sink: StreamSink)] = []
  var closing: [UInt64] = []
  /// How far each job's log was seen.
  var cursors: [SubjectNumber: LogCursor] = [:]
  /// Lines for whoever watches.
  var liveLines: [LiveLine] = []
  let relay: Relay?
  /// Whom we tell of jobs.
  var desk = HookDesk()
  /// No room to write: nothing new is begun.
  var isStalled = false
  private var isStopping = false
  private var told: Set<String> = []
  var lastTag: UInt64 = 0
  private var heartbeat = HeartbeatWriter()
  private var sleep = 0

  /// What a poller gets in place of the machine's, to be run under a seed.
  package struct World {
    package var network: any Network
    package var dice: any RandomNumberGenerator

    package init(network: any Network, dice: any RandomNumberGenerator) {
      self.network = network
      self.dice = dice
    }
  }

  /// - Parameter report: called on the poller's thread with each thing there is to say.
  package init(
    _ books: Books, _ options: PollerOptions, in world: World? = nil,
    report: @escaping (Notice) -> Void = { _ in }
  ) {
    self.books = books
    self.options = options
    self.world = world
    self.report = report
    dice = world?.dice ?? SystemRandomNumberGenerator()
    relay = try? Relay(books.home)
    shelf = ProfileShelf(
      books.home, allowLoopback: options.allowLoopback, environment: options.environment)
  }

  /// Works until the mode's end or a stop. A daemon waits for the poller that is active.
  /// - Throws: `PollerError.active` (not for daemons), `PollerError.network`, `BooksError`.
  @available(*, noasync)
  package func run() throws -> PollerEnding {
    let place = try place()
    guard try becomeActive(place) else { return .stopped }
    defer {
      heartbeat.end(place)
      options.pulse.end()
      place.unlock()
    }
    let network = try network()
    options.stop.attach(network.waker)
    do {
      try begin()
      let ending = try work(network, place)
      keepHooks()
      try write(.pollerStopped(ending.reason))
      try books.flushHead()
      return ending
    } catch {
      try? write(.pollerStopped(.error))
      throw BooksError(error)
    }
  }

  /// The world's, or libcurl's.
  private func network() throws(PollerError) -> any Network {
    if let world { return world.network }
    do {
      return try Multi(
        Multi.Configuration(
          version: options.version,
          connections: min(
            options.inFlight + options.streams + Storeroom.atOnce + HookDesk.atOnce,
            HTTPLimits.connections),
          allowLoopback: options.allowLoopback,
          certificateAuthorityFile: options.certificateAuthorityFile))
    } catch {
      throw .network(error.message)
    }
  }

  /// The one place there is per home.
  private func place() throws(BooksError) -> File {
    do throws(PosixError) {
      return try File(books.home.poller, O_RDWR | O_CREAT)
    } catch {
      throw BooksError(error)
    }
  }

  /// Takes the place; false when stopped while waiting for it.
  private func becomeActive(_ place: borrowing File) throws -> Bool {
    var hasWaited = false
    while try !place.lock(.exclusive, wait: false) {
      guard options.mode == .daemon else { throw PollerError.active }
      if options.stop.isRequested { return false }
      if !hasWaited { report(Notice(.note, "another poller is active; standing by")) }
      hasWaited = true
      options.pulse.begin()
      usleep(Poller.standbyMicroseconds)
    }
    return true
  }

  private func begin() throws {
    let started = Action.pollerStarted(
      program: "ledgerd \(options.version)", pid: UInt64(getpid()),
      inFlight: UInt64(options.inFlight))
    try write(started)
    report(Notice(.note, "polling, up to \(options.inFlight) requests at once"))
    // One poller per home: whoever began these attempts is gone.
    let now = options.clock.now
    try books.read { snapshot in
      for number in try snapshot.jobs(in: .dispatching) { try giveUp(number, &snapshot, now) }
      try tidyStore(&snapshot, now, isStart: true)
    }
    _ = try append()
  }

  private func write(_ action: Action) throws {
    _ = try books.append(Command(action, actor: .poller))
  }

  private func work(_ network: any Network, _ place: borrowing File) throws -> PollerEnding {
    let isCalled = network.watch(file: books.home.head)
    defer { network.unwatch() }
    let start = options.clock.now
    while !options.stop.isRequested {
      heartbeat.beat(place)
      try turn(network, isCalled: isCalled, through: options.mode == .once ? start : nil)
      guard flights.isEmpty, outbox.isEmpty, storeroom.busy.isEmpty, mark == nil else { continue }
      switch options.mode {
      case .daemon: break
      case .once: if try haveHooksBeenTold() { return .done }
      case .drain:
        if let open = try drained(), try haveHooksBeenTold() { return .drained(open) }
      }
    }
    try windDown(network)
    return .stopped
  }

  /// One turn: what came, what is due, one commit, what leaves.
  /// - Parameters:
  ///   - isCalled: whether a wait ends when somebody writes.
  ///   - horizon: nothing that is due later is begun.
  private func turn(
    _ network: any Network, isCalled: Bool, through horizon: Timestamp?
  ) throws {
    options.pulse.begin()
    let completions = network.wait(timeoutMilliseconds: sleep)
    let now = options.clock.now
    storeroom.answer = nil
    try books.read { snapshot in
      for completion in completions where !keepKeys(completion) && !settleHook(completion, now) {
        try settle(completion, &snapshot, now)
      }
      try pickKeys(&snapshot, now)
      let isAccepting = !isStalled && !isStopping
      if isStopping { try endStreams(&snapshot, now) } else { try tendStreams(&snapshot, now) }
      if isAccepting {
        try pickOrphans(&snapshot, now)
        try pick(&snapshot, now, through: horizon ?? now)
        try pickEnds(&snapshot, through: horizon ?? now)
        try tidyStore(&snapshot, now)
        try tendHooks(&snapshot, now)
      }
      let next = [try snapshot.nextDue(after: now), try snapshot.nextEnd(after: now)]
      sleep = pause(next.compactMap { $0 }.min(), now)
    }
    if !isCalled { sleep = min(sleep, Poller.lookMilliseconds) }
    startKeys(network)
    startHooks(network)
    // Polls leave before the commit, so that the provider works while the disk does.
    let polls = departures
    departures = []
    for departure in polls { start(departure, network) }
    moveStreams(network)
    for departure in try append() { start(departure, network) }
    leave(for: network)
    // What began to be saved may be saved already.
    if !outbox.isEmpty { sleep = 0 }
    try books.flushHead()
  }

  /// Milliseconds to sleep when nothing calls.
  private func pause(_ nextDue: Timestamp?, _ now: Timestamp) -> Int {
    if isStalled { return Poller.sleepMilliseconds }
    // A commit or a full turn may have made more possible.
    if !outbox.isEmpty || mark != nil { return 0 }
    if !wished.isEmpty { return 0 }
    let nextHook = desk.nextAt(now)
    let nextStream = streams.values.compactMap { $0.nextAt(now) }.min()
    let next = [nextDue, nextStream, nextHook, traffic.nextLoud(after: now), quiet.values.min()]
      .compactMap { $0 }.min()
    guard let next else { return Poller.sleepMilliseconds }
    let left = (next.microseconds - now.microseconds + 999) / 1000
    return Int(min(max(left, 0), Int64(Poller.sleepMilliseconds)))
  }

  private func start(_ departure: Departure, _ network: any Network) {
    let tag = newTag()
    flights[tag] = departure.flight
    network.start(departure.request, tag: tag)
  }

  func newTag() -> UInt64 {
    lastTag += 1
    return lastTag
  }

  /// What goes to the store and comes for it.
  private func leave(for network: any Network) {
    let departures = storeroom.leaving
    storeroom.leaving = []
    for departure in departures {
      let tag = newTag()
      storeroom.flights[tag] = departure.errand
      network.start(departure.request, tag: tag, into: departure.sink)
    }
  }

  /// Waits a short while for submits under way; what has no answer by then is in doubt.
  private func windDown(_ network: any Network) throws {
    isStopping = true
    try books.read { try endStreams(&$0, options.clock.now) }
    moveStreams(network)
    let end = Clock.bootMicroseconds() + Int64(options.graceSeconds * 1e6)
    let hooksEnd = min(end, Clock.bootMicroseconds() + Int64(HookDesk.graceSeconds * 1e6))
    while flights.values.contains(where: \.isSubmit) && Clock.bootMicroseconds() < end
      || !desk.flights.isEmpty && Clock.bootMicroseconds() < hooksEnd
    {
      try turn(network, isCalled: false, through: nil)
    }
    let now = options.clock.now
    try books.read { snapshot in
      for flight in flights.values where flight.isSubmit {
        try giveUp(flight.job, &snapshot, now)
      }
    }
    // What cannot be written now is found by the next poller.
    _ = try append()
  }

  /// Says something once.
  func tellOnce(_ level: Notice.Level, _ text: String) {
    if told.count < Poller.toldMax, told.insert(text).inserted { report(Notice(level, text)) }
  }
}

extension PollerEnding {
  var reason: StopReason {
    switch self {
    case .stopped: .signal
    case .done: .once
    case .drained: .drained
    }
  }
}
