// A home, providers on loopback, and pollers between them: all real.

import Foundation
import Glibc
import Ledger
import Poller
import Posix
import Providers
import Support
import Synchronization
import Wire

struct RigError: Error { let reason: String }

final class Rig: Sendable {
  let home: Home
  let books: Books
  let outside: Outside
  private let notices = Mutex<[Notice]>([])

  /// - Parameter limits: members of the profiles' `limits` that a test wants otherwise.
  init(_ outside: Outside, limits: [String: JSON] = [:]) throws {
    self.outside = outside
    home = Home(try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-poller-test-"))
    try Books.create(home, program: "test", by: "tester")
    books = try Books(home)
    try FileSystem.makeDirectories(home.providers)
    for name in ["replicate", "self-hosted"] { try quicken(name, limits) }
    try run(.grant(Grant(account: "acme", amount: Credits("1000")!)))
  }

  deinit {
    outside.stop()
    try? FileSystem.removeTree(home.path)
  }

  /// The pace of tests.
  static let quickPoll: JSON = [
    "start_s": .number("0.1"), "max_s": .number("0.2"), "factor": .number("1.5"),
    "jitter": .number("0.2"), "slow_s": 1,
  ]

  /// The built-in profile at the pace of tests, as an override in the home.
  /// - Parameter change: makes the profile another one.
  func quicken(
    _ name: String, _ limits: [String: JSON] = [:],
    change: (inout JSONObject) -> Void = { _ in }
  ) throws {
    guard let source = ProfileRegistry().source(of: name),
      case .object(var profile) = try JSON(parsing: source),
      case .object(var rule)? = profile["limits"]
    else { throw RigError(reason: "no profile \(name)") }
    rule["poll"] = Rig.quickPoll
    if var reconcile = profile["reconcile"]?.object {
      reconcile["after_s"] = .number("0.1")
      reconcile["attempts"] = 3
      profile["reconcile"] = .object(reconcile)
    }
    for (name, value) in limits { rule[name] = value }
    profile["limits"] = .object(rule)
    change(&profile)
    try FileSystem.replace(
      home.providers + "/\(name).json", with: JSON.object(profile).bytes)
  }

  @discardableResult
  func run(_ action: Action) throws -> Receipt {
    try books.append(Command(action, actor: .cli, by: "tester"))
  }

  func submit(
    _ id: String, provider: String = "replicate", simulate: JSON = [:], input: JSON? = nil,
    patienceMilliseconds: UInt64? = nil, holdSeconds: Double? = nil
  ) throws {
    var submission = Submission(
      id: id, account: "acme", provider: provider, hold: Credits("5")!,
      input: input ?? ["prompt": .string("scene \(id)"), "simulate": simulate])
    if provider == "replicate" { submission.model = "acme/clip" }
    submission.patienceMilliseconds = patienceMilliseconds
    submission.holdExpires = holdSeconds.map { .after(UInt64($0 * 1000)) }
    try run(.submit(submission))
  }

  /// Attaches a handle that a person found.
  func attach(_ id: String, _ externalID: String) throws {
    let details = try details(id)
    let submission = Submission(
      id: id, account: details.account, provider: details.provider, hold: .zero)
    try run(
      .track(
        Tracking(
          submission: submission, hasHold: false, handle: FoundHandle(externalID: externalID))))
  }

  /// The environment of its pollers.
  var environment: [String: String] {
    [
      "LEDGER_BASE_URL_REPLICATE": outside.address, "LEDGER_BASE_URL_SELF_HOSTED": outside.address,
      "REPLICATE_API_TOKEN": "r8_canary",
    ]
  }

  func options(_ mode: PollerOptions.Mode) -> PollerOptions {
    var options = PollerOptions(mode)
    let environment = environment
    options.environment = { environment[$0] }
    options.allowLoopback = true
    options.graceSeconds = 2
    return options
  }

  /// Runs a poller here and now.
  @discardableResult
  func poll(_ mode: PollerOptions.Mode = .drain) throws -> PollerEnding {
    try poll(options(mode))
  }

  func poll(_ options: PollerOptions) throws -> PollerEnding {
    try Poller(books, options) { notice in self.notices.withLock { $0.append(notice) } }.run()
  }

  /// Starts a daemon in a thread of its own.
  func daemon(_ change: (inout PollerOptions) -> Void = { _ in }) -> Daemon {
    var options = options(.daemon)
    change(&options)
    let fixed = options
    return Daemon(fixed.stop) { try self.poll(fixed) }
  }

  var warnings: [String] { said.filter { $0.level == .warning }.map(\.text) }

  var said: [Notice] { notices.withLock { $0 } }

  func details(_ id: String) throws -> JobDetails {
    try books.read { snapshot in
      guard let number = try snapshot.jobNumber(id), let details = try snapshot.details(number)
      else { throw RigError(reason: "no job \(id)") }
      return details
    }
  }

  func state(_ id: String) throws -> JobState { try details(id).job.state }

  /// The job's events, oldest first.
  func events(_ id: String) throws -> [RecordedEvent] {
    let number = try details(id).number
    return try books.read { snapshot in
      try (1...snapshot.head).compactMap { try snapshot.log.event(at: $0) }
        .filter { $0.subject == number }
    }
  }

  func count(_ type: EventType, of id: String) throws -> Int {
    try events(id).count { $0.event.type == type }
  }

  /// Waits for something that must come; how long that takes is nobody's business.
  func wait(until isTrue: () throws -> Bool) throws {
    for _ in 0..<Int(Patience.seconds(6000)) {
      if try isTrue() { return }
      usleep(10_000)
    }
    throw RigError(reason: "not within a minute; \(outside.stats.text)")
  }
}

/// A poller in a thread.
final class Daemon: Sendable {
  private let stop: Stop
  private let ended = DispatchSemaphore(value: 0)
  private let outcome = Mutex<Result<PollerEnding, any Error>?>(nil)

  init(_ stop: Stop, _ body: @escaping @Sendable () throws -> PollerEnding) {
    self.stop = stop
    Thread.detachNewThread {
      let result = Result { try body() }
      self.outcome.withLock { $0 = result }
      self.ended.signal()
    }
  }

  /// Asks it to stop and waits for its end.
  @discardableResult
  func finish() throws -> PollerEnding {
    stop.request()
    ended.wait()
    return try outcome.withLock { $0! }.get()
  }
}
