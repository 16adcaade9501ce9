// `Prefer: wait` (RFC 7240): a job's status when it changes, or when the client's patience ends.

import HTTPServer
import Ledger
import Posix
import Synchronization
import Wire

/// One client that waits for a job to change.
final class JobWait: Follower, Sendable {
  let job: SubjectNumber?
  /// Live lines say nothing of the job's state.
  var jobID: String? { nil }
  private let call: Call
  private let position: Position
  private let endsAt: Int64
  private let isDone = Mutex(false)

  /// The longest wait, seconds.
  static let secondsMax = 60.0

  /// - Parameter position: of the state that the client knows.
  init(_ call: Call, job: SubjectNumber, knows position: Position, seconds: Double) {
    self.call = call
    self.job = job
    self.position = position
    let seconds = min(seconds, JobWait.secondsMax)
    endsAt = Clock.bootMicroseconds() + Int64(seconds * 1e6)
    call.service.followers.add(self)
    call.service.followers.alarm(self, afterSeconds: seconds)
    // What was written between the look and this is not announced again.
    notice()
  }

  func notice() {
    let isOver = Clock.bootMicroseconds() >= endsAt || call.service.isEnding
    do {
      let last = try call.read { snapshot in
        try job.flatMap { try snapshot.subject($0)?.last } ?? 0
      }
      guard last > position || isOver else { return }
      try finish { try JobResource.answer(call) }
    } catch {
      finish { call.fail(error) }
    }
  }

  func hear(_ line: LiveLine) {}

  private func finish(_ body: () throws -> Void) rethrows {
    let isFirst = isDone.withLock { done in
      defer { done = true }
      return !done
    }
    guard isFirst else { return }
    call.service.followers.remove(self)
    try body()
  }
}
