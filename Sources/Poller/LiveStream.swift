// One job's stream: open, or waiting to be opened again.

import Ledger
import Posix
import Providers
import Wire

/// What the poller knows of it.
struct LiveStream {
  /// Failures in a row after which the job is only polled.
  static let failuresMax = 8
  /// Between two connections, seconds.
  static let pauseSecondsMax = 300.0
  static let pauseSecondsMin = 0.5

  let job: SubjectNumber
  let id: String
  let provider: String
  let profile: Profile
  var context: RequestContext
  /// Of the connection; nil while there is none.
  var tag: UInt64?
  var sink: StreamSink?
  /// When to connect, while there is no connection.
  var connectAt: Timestamp?
  var failures = 0
  var lastEventID = ""
  var retrySeconds: Double?
  /// The stream said that nothing follows, or there is none to be had.
  var isOver = false
  /// Something happened: the job is asked for at once.
  var wantsLook = false
  var lookedAt: Timestamp?
  var fold: StreamFold
  /// An event has told that the job is there.
  var isTold = false

  init(_ details: JobDetails, _ profile: Profile, provider: String, now: Timestamp) {
    job = details.number
    id = details.id
    self.provider = provider
    self.profile = profile
    context = RequestContext(details, now: now)
    // A submit that has only just left may not have made the job yet.
    let isEarly = details.job.state == .dispatching
    connectAt = now.advanced(seconds: isEarly ? LiveStream.pauseSecondsMin : 0)
    fold = StreamFold(fraction: details.job.fraction.map { Int($0) })
  }

  /// Which step of the job it tells of, from 0.
  var step: UInt64 { UInt64(context.step - 1) }

  private var heartbeatMicroseconds: Int64 {
    Int64(profile.stream?.heartbeatSeconds ?? 60) * 1_000_000
  }

  /// Something came lately: polls may be slow.
  var isHealthy: Bool { sink?.isOpen == true && !isSilent }

  /// Nothing came for longer than the profile allows.
  var isSilent: Bool {
    guard let sink else { return false }
    return Clock.bootMicroseconds() - sink.heardAt >= heartbeatMicroseconds
  }

  /// When the job may be asked for out of turn: never faster than its profile polls.
  func lookAt(_ now: Timestamp) -> Timestamp? {
    guard wantsLook else { return nil }
    return lookedAt?.advanced(seconds: profile.limits.poll.startSeconds) ?? now
  }

  /// The next moment at which something is to be done.
  func nextAt(_ now: Timestamp) -> Timestamp? {
    var next = [connectAt, fold.dueAt, lookAt(now)].compactMap { $0 }
    if let sink {
      let left = sink.heardAt + heartbeatMicroseconds - Clock.bootMicroseconds()
      next.append(now.advanced(seconds: Double(max(left, 0)) / 1e6))
    }
    return next.min()
  }

  /// The connection has ended: when to make the next one, or never.
  mutating func disconnect(
    _ now: Timestamp, failed: Bool, using dice: inout some RandomNumberGenerator
  ) {
    if let sink {
      if !sink.lastEventID.isEmpty { lastEventID = sink.lastEventID }
      retrySeconds = sink.retrySeconds ?? retrySeconds
    }
    tag = nil
    sink = nil
    if failed { failures += 1 }
    if failures >= LiveStream.failuresMax { isOver = true }
    guard !isOver else { return connectAt = nil }
    let backoff = Double(1 << min(failures, 10))
    let pause = min(
      max(retrySeconds ?? 1, LiveStream.pauseSecondsMin, failed ? backoff : 0),
      LiveStream.pauseSecondsMax)
    connectAt = now.advanced(seconds: pause * Double.random(in: 0.8...1.2, using: &dice))
  }
}
