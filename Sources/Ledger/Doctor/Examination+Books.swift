// The edge of the examination that asks the books: room, time, poller, pauses, hooks, policies.

import Glibc
import Posix
import Wire

extension Examination {
  /// Entries of the due list that are looked at for the oldest that waits for a poller.
  private static let dueMax = 4096
  /// Events of the house that are looked at for the newest checkpoint.
  private static let houseEventsMax = 10_000

  @available(*, noasync)
  func books(_ books: Books) throws {
    let free = try books.freeBytes()
    let heartbeat = home.heartbeat
    let isActive = home.isPollerActive
    try books.read { snapshot in
      report(DiskCheck(free: free, floor: try snapshot.diskFloor()).finding)
      let newest = try snapshot.log.event(at: snapshot.head)?.time
      report(ClockCheck(now: now, newest: newest, heartbeat: heartbeat).finding)
      let poller = PollerCheck(
        isActive: isActive, heartbeat: heartbeat, openJobs: snapshot.movableJobs,
        oldestDue: try oldestDue(&snapshot))
      for finding in poller.findings { report(finding) }
      let pauses = PausesCheck(pauses: try snapshot.summary().paused, now: now)
      for finding in pauses.findings { report(finding) }
    }
    // Each in a snapshot of its own: what one cannot say, the next one may.
    do {
      let hooks = try books.read { try $0.hookStatuses(home, now: now) }
      for finding in HooksCheck(hooks: hooks).findings { report(finding) }
    } catch {
      report(Examination.finding("hooks", error))
    }
    try books.read { snapshot in
      for finding in try policies(&snapshot).findings { report(finding) }
      let checkpoints = CheckpointsCheck(
        newest: try newestCheckpoint(&snapshot), head: snapshot.head, now: now)
      report(checkpoints.finding)
    }
  }

  /// A job that is not sent yet may wait for a person or for its provider's quiet time.
  private func oldestDue(_ snapshot: inout Snapshot) throws -> (job: String, seconds: Double)? {
    for entry in try snapshot.due(through: now, limit: Examination.dueMax) {
      guard let job = try snapshot.job(entry.job) else { continue }
      let name = try snapshot.providerName(job.provider)
      if job.state == .submitted,
        try snapshot.pause(provider: name, account: job.account) != nil
      {
        continue
      }
      guard let id = try snapshot.subject(entry.job)?.name.id else { continue }
      return (id, now.seconds(since: entry.time))
    }
    return nil
  }

  private func policies(_ snapshot: inout Snapshot) throws -> PolicyCheck {
    var check = PolicyCheck(
      captureOn: try snapshot.policy(Policy.captureOn), store: try snapshot.policy(Policy.store),
      publicURL: try snapshot.policy(Policy.publicURL))
    switch check.store.flatMap(StorePlace.init) {
    case .folder(let path)?:
      let isFolder = try FileSystem.status(path)?.isDirectory ?? false
      let isWritable = unsafe access(path, W_OK | X_OK) == 0
      check.folder = !isFolder ? .missing : isWritable ? .fine : .notWritable
    case .bucket?:
      let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
      let secrets = Secrets(directory: home.secrets, environment: environment)
      check.bucketKeys = Result { () throws(SecretError) in
        try secrets.values(of: names, provider: "store").count == names.count
      }
    case nil: break
    }
    return check
  }

  private func newestCheckpoint(
    _ snapshot: inout Snapshot
  ) throws -> (position: Position, at: Timestamp)? {
    guard let house = try snapshot.views.number(of: .ledger) else { return nil }
    var position = try snapshot.subject(house)?.last ?? 0
    for _ in 0..<Examination.houseEventsMax {
      guard position > 0, let event = try snapshot.log.event(at: position) else { return nil }
      if case .ledgerCheckpointSigned(let body) = event.event {
        return (body.atPosition, event.time)
      }
      position = event.header.previous
    }
    return nil
  }
}
