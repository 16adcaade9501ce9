// A home with jobs that have ended, a receiver on loopback, and pollers between them: all real.

import Foundation
import Glibc
import Ledger
import Poller
import Posix
import Synchronization
import Wire

final class HookRig: Sendable {
  let home: Home
  let books: Books
  let receiver: SmallServer
  private let notices = Mutex<[Notice]>([])

  /// - Parameter answer: the status for a message.
  init(answer: @escaping @Sendable (Message) -> Int = { _ in 200 }) throws {
    home = Home(try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-hook-test-"))
    try Books.create(home, program: "test", by: "tester")
    books = try Books(home)
    receiver = SmallServer { arrival, peer in
      peer.answer(Message(arrival).map(answer) ?? 400, "{}")
    }
  }

  deinit {
    receiver.stop()
    try? FileSystem.removeTree(home.path)
  }

  /// One message as it came.
  struct Message: Sendable {
    let id: String
    let headers: [String: String]
    let text: String
    let json: JSON

    init?(_ arrival: Arrival) {
      guard arrival.method == "POST", let id = arrival.headers["webhook-id"],
        let json = try? JSON(parsing: arrival.body)
      else { return nil }
      self.id = id
      headers = arrival.headers
      text = arrival.body
      self.json = json
    }

    /// `JOB KIND` of a client's report, `JOB TYPE` of other events.
    var word: String {
      let data = json["data"]
      let word = data?["data"]?["kind"]?.string ?? json["type"]?.string ?? ""
      return "\(data?["job"]?["job"]?.string ?? "") \(word)"
    }
  }

  var messages: [Message] { receiver.arrivals.compactMap(Message.init) }
  var words: [String] { messages.map(\.word) }

  @discardableResult
  func run(_ action: Action) throws -> Receipt {
    try books.append(Command(action, actor: .cli, by: "tester"))
  }

  /// A job that ended before anything was sent.
  func job(_ id: String, account: String = "acme") throws {
    try run(
      .submit(Submission(id: id, account: account, provider: "replicate", hold: .zero)))
    try run(.job(id, .cancel(reason: nil)))
  }

  /// An event of a job whose order can be seen.
  func report(_ words: String...) throws {
    for word in words {
      let parts = word.split(separator: " ").map(String.init)
      try run(.job(parts[0], .report(ClientReport(kind: parts[1]))))
    }
  }

  /// - Returns: the secret.
  @discardableResult
  func add(
    _ name: String = "app", types: Set<EventType> = [.jobClientReported],
    account: String? = nil, url: String? = nil, since: Position? = nil
  ) throws -> String {
    let head = try books.read { $0.head }
    let hook = Hook(
      name: name, url: url ?? receiver.address + "/in", types: types,
      account: account.flatMap { AccountPattern($0) },
      createdAt: Timestamp(microseconds: Clock.wallMicroseconds()), since: since ?? head)
    return try Configuration.change(home) { configuration in
      configuration.hooks.append(hook)
      return try HookSecret.make(for: name, in: home)
    }
  }

  func change(_ body: (inout Hook) -> Void) throws {
    try Configuration.change(home) { body(&$0.hooks[0]) }
  }

  var hook: Hook { get throws { try Configuration.read(home).hooks[0] } }

  var status: HookStatus {
    get throws {
      let now = Timestamp(microseconds: Clock.wallMicroseconds())
      return try books.read { try $0.hookStatuses(home, now: now)[0] }
    }
  }

  static var quickPace: HookPace {
    var pace = HookPace()
    pace.startSeconds = 0.05
    pace.maxSeconds = 0.1
    pace.downSeconds = 0.1
    return pace
  }

  func options(_ mode: PollerOptions.Mode) -> PollerOptions {
    var options = PollerOptions(mode)
    options.environment = { _ in nil }
    options.allowLoopback = true
    options.hookPace = HookRig.quickPace
    return options
  }

  /// Runs a poller here and now: everything that can be told at once is told.
  func poll(_ change: (inout PollerOptions) -> Void = { _ in }) throws {
    var options = options(.once)
    change(&options)
    _ = try poll(options)
  }

  private func poll(_ options: PollerOptions) throws -> PollerEnding {
    try Poller(books, options) { notice in self.notices.withLock { $0.append(notice) } }.run()
  }

  /// Works until something has come.
  func poll(
    until isTrue: () throws -> Bool, _ change: (inout PollerOptions) -> Void = { _ in }
  ) throws {
    var options = options(.daemon)
    change(&options)
    let fixed = options
    let daemon = Daemon(fixed.stop) { try self.poll(fixed) }
    defer { _ = try? daemon.finish() }
    try wait(until: isTrue)
  }

  func wait(until isTrue: () throws -> Bool) throws {
    for _ in 0..<6000 {
      if try isTrue() { return }
      usleep(10_000)
    }
    throw RigError(reason: "not within a minute: \(words)")
  }

  var warnings: [String] {
    notices.withLock { $0 }.filter { $0.level == .warning }.map(\.text)
  }

  func events(_ type: EventType) throws -> [RecordedEvent] {
    try books.read { snapshot in
      try (1...snapshot.head).compactMap { try snapshot.log.event(at: $0) }
        .filter { $0.event.type == type }
    }
  }

  /// Positions of events that the log calls delivered.
  var delivered: [Position] {
    get throws {
      try events(.jobDelivered).compactMap { event in
        guard case .jobDelivered(let body) = event.event else { return nil }
        return body.through
      }
    }
  }
}
