// All who wait for news of the books, and the one thread that looks: it reads each new event once,
// makes its message once, and wakes those whom it concerns. Whoever falls behind its memory reads
// the log by himself.

import Glibc
import Ledger
import Posix
import Synchronization
import Wire

/// Somebody who waits.
protocol Follower: AnyObject, Sendable {
  /// The text id of `job`.
  var jobID: String? { get }
  /// The job it is about; nil: all.
  var job: SubjectNumber? { get }
  /// There is news, or it is time for a sign of life. Called on the followers' thread.
  func notice()
  /// A line that is no event, about the job of this id; comes only to those who follow it.
  func hear(_ line: LiveLine)
}

/// The memory of the newest events, and who waits for the next.
final class Followers: Sendable {
  /// Messages remembered, and their bytes.
  private static let framesMax = 8192
  private static let bytesMax = 16 << 20
  /// Between two looks at the head when the kernel has no watch left, milliseconds.
  private static let lookMilliseconds: Int32 = 50
  /// Until the next look when a writer was met between its log and its views, milliseconds.
  private static let againMilliseconds: Int32 = 2

  private struct State {
    /// In order; positions follow each other.
    var frames: [Frame] = []
    var bytes = 0
    var head: Position = 0
    var all: [ObjectIdentifier: any Follower] = [:]
    var byJob: [SubjectNumber: [ObjectIdentifier: any Follower]] = [:]
    /// Those who also want to hear live lines, by the job's text id.
    var byID: [String: [ObjectIdentifier: any Follower]] = [:]
    var alarms: [(at: Int64, follower: any Follower)] = []
    var isStopped = false
  }

  private let books: Books
  private let heartbeatMicroseconds: Int64
  private let state = Mutex(State())
  private let waker: Waker
  private let watch: FileWatch?
  private let worker = Worker()
  /// Beats with every look.
  let pulse = Pulse()

  init(_ books: Books, heartbeatSeconds: Double) throws {
    self.books = books
    heartbeatMicroseconds = Int64(heartbeatSeconds * 1e6)
    waker = try Waker()
    watch = FileWatch(books.home.head)
    let head = try books.read { $0.head }
    state.withLock { $0.head = head }
    worker.start(named: "ledger-follow") { [unowned self] in self.run() }
  }

  /// The last event that those who wait have been told of.
  var head: Position { state.withLock { $0.head } }

  /// Who waits now.
  var count: Int { state.withLock { $0.all.count } }

  func add(_ follower: any Follower) {
    let id = ObjectIdentifier(follower)
    state.withLock { state in
      state.all[id] = follower
      if let job = follower.job { state.byJob[job, default: [:]][id] = follower }
      if let name = follower.jobID { state.byID[name, default: [:]][id] = follower }
    }
  }

  func remove(_ follower: any Follower) {
    let id = ObjectIdentifier(follower)
    state.withLock { state in
      state.all[id] = nil
      state.alarms.removeAll { $0.follower === follower }
      if let job = follower.job { state.byJob[job] = state.byJob[job]?.without(id) }
      if let name = follower.jobID { state.byID[name] = state.byID[name]?.without(id) }
    }
  }

  /// Has `follower` noticed after so long.
  func alarm(_ follower: any Follower, afterSeconds seconds: Double) {
    let moment = Clock.bootMicroseconds() + Int64(seconds * 1e6)
    state.withLock { $0.alarms.append((moment, follower)) }
    waker.wake()
  }

  /// Has everybody look.
  func noticeAll() {
    for follower in state.withLock({ Array($0.all.values) }) { follower.notice() }
  }

  /// The messages after `position`, at most so many; nil when they are not remembered any more.
  func frames(after position: Position, limit: Int) -> ArraySlice<Frame>? {
    state.withLock { state in
      guard position < state.head else { return [] }
      guard let first = state.frames.first, first.position <= position + 1 else { return nil }
      return state.frames.dropFirst(Int(position + 1 - first.position)).prefix(limit)
    }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    waker.wake()
    worker.join()
  }

  private func run() {
    let live = LiveReader(books.home)
    var liveWatch: FileWatch?
    var nextHeartbeat = Clock.bootMicroseconds() + heartbeatMicroseconds
    var isBehind = false
    while true {
      // The file is there from the first poller on.
      liveWatch = liveWatch ?? FileWatch(books.home.live)
      sleep(until: nextHeartbeat, liveWatch, atMost: isBehind ? Followers.againMilliseconds : nil)
      guard !state.withLock({ $0.isStopped }) else { return }
      pulse.begin()
      pass(on: live.next())
      var concerned = news()
      isBehind = isLogAhead()
      let now = Clock.bootMicroseconds()
      state.withLock { state in
        for alarm in state.alarms where alarm.at <= now {
          concerned[ObjectIdentifier(alarm.follower)] = alarm.follower
        }
        state.alarms.removeAll { $0.at <= now }
        if now >= nextHeartbeat { concerned = state.all }
      }
      if now >= nextHeartbeat { nextHeartbeat = now + heartbeatMicroseconds }
      for follower in concerned.values { follower.notice() }
      pulse.end()
    }
  }

  private func pass(on lines: [LiveLine]) {
    for line in lines {
      let hearers = state.withLock { Array(($0.byID[line.job] ?? [:]).values) }
      for follower in hearers {
        follower.hear(line)
        follower.notice()
      }
    }
  }

  /// Waits for a write, a call or the time.
  private func sleep(until heartbeat: Int64, _ liveWatch: FileWatch?, atMost most: Int32?) {
    let alarm = state.withLock { $0.alarms.map(\.at).min() } ?? .max
    let left = (min(heartbeat, alarm) - Clock.bootMicroseconds() + 999) / 1000
    var timeout = Int32(clamping: max(0, left))
    if watch == nil { timeout = min(timeout, Followers.lookMilliseconds) }
    if let most { timeout = min(timeout, most) }
    var descriptors = [
      pollfd(fd: waker.fileDescriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: watch?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: liveWatch?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    _ = unsafe poll(&descriptors, nfds_t(descriptors.count), timeout)
    waker.drain()
    watch?.drain()
    liveWatch?.drain()
  }

  /// Whether events are in the log that nobody has been told of. A writer tells us before its views
  /// are committed; whoever looks in between sees nothing new, and nothing would wake it again.
  private func isLogAhead() -> Bool {
    let known = head
    return (try? books.read { try $0.log.end().position > known }) ?? true
  }

  /// Reads what is new.
  /// - Returns: whom it concerns.
  private func news() -> [ObjectIdentifier: any Follower] {
    var concerned: [ObjectIdentifier: any Follower] = [:]
    guard count > 0 else {
      // Nobody to make messages for: whoever comes reads the log.
      if let head = try? books.read({ $0.head }) { forget(upTo: head) }
      return concerned
    }
    while true {
      let after = head
      guard let (frames, isAll) = try? books.read({ try Followers.page(after: after, &$0) }),
        !frames.isEmpty
      else { return concerned }
      state.withLock { state in
        remember(frames, &state)
        // Whoever follows everything, and those who follow one of these jobs.
        for (id, follower) in state.all where follower.job == nil { concerned[id] = follower }
        for subject in Set(frames.map(\.subject)) {
          concerned.merge(state.byJob[subject] ?? [:]) { old, _ in old }
        }
      }
      if isAll { return concerned }
    }
  }

  private func forget(upTo head: Position) {
    state.withLock { state in
      state.frames = []
      state.bytes = 0
      state.head = head
    }
  }

  private func remember(_ frames: [Frame], _ state: inout State) {
    state.frames += frames
    state.bytes += frames.reduce(0) { $0 + $1.bytes.count }
    state.head = frames.last?.position ?? state.head
    var excess = max(0, state.frames.count - Followers.framesMax)
    var freed = state.frames.prefix(excess).reduce(0) { $0 + $1.bytes.count }
    while state.bytes - freed > Followers.bytesMax, excess < state.frames.count {
      freed += state.frames[excess].bytes.count
      excess += 1
    }
    state.frames.removeFirst(excess)
    state.bytes -= freed
  }

  /// The next messages and whether there are no more. The last event of a job that has ended says
  /// so; events of one group are never parted by it, for a group is written at once.
  static func page(
    after position: Position, limit: Int = Snapshot.pageEvents, _ snapshot: inout Snapshot
  ) throws -> (frames: [Frame], isAll: Bool) {
    let page = try snapshot.page(after: position, EventFilter(), limit: limit)
    var frames = try page.events.map { try Frame($0, &snapshot) }
    var seen: Set<SubjectNumber> = []
    for index in frames.indices.reversed() where seen.insert(frames[index].subject).inserted {
      let subject = try snapshot.subject(frames[index].subject)
      guard subject?.name.kind == .job, subject?.last == frames[index].position,
        let job = try snapshot.job(frames[index].subject), job.state.isTerminal, !job.isSaving
      else { continue }
      frames[index] = frames[index].ending()
    }
    return (frames, page.isAtEnd)
  }
}

extension Dictionary where Key == ObjectIdentifier {
  /// Nil when nothing is left.
  fileprivate func without(_ key: Key) -> Self? {
    var rest = self
    rest[key] = nil
    return rest.isEmpty ? nil : rest
  }
}
