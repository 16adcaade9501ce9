// Whether the server is alive and whether it is ready: the first is for who would start it anew,
// the second for who would send it requests.

import Ledger
import Posix

extension Service {
  /// A thread that has been at one piece of work for so long is stuck, seconds: longer than a disk
  /// in trouble takes for a commit.
  static let stuckSeconds = 30.0
  /// A poller that has not been seen for so long does not work, seconds.
  static let heartbeatSeconds = 10.0

  /// What only a new start would mend; empty when the process is alive. Never waits.
  var ailments: [String] {
    let threads = [
      ("writer", writer.pulse.busySeconds), ("follower", followers.pulse.busySeconds),
      ("server", busySeconds),
    ]
    return threads.filter { $0.1 > Service.stuckSeconds }.map { "the \($0.0)'s thread is stuck" }
  }

  /// Why jobs cannot be taken or are not looked after, each with what to do; empty when ready.
  var obstacles: [String] {
    var obstacles = ailments
    if books.poison != nil {
      obstacles.append(
        "a commit failed and nothing is acknowledged any more: ledger verify, then start again")
    }
    if isEnding { obstacles.append("the server is ending") }
    do {
      let floor = try books.read { try $0.diskFloor() }
      if try books.freeBytes() < floor {
        obstacles.append(
          "the disk is below the floor of \(floor) bytes: free some, or ledger config set "
            + "disk_floor")
      }
    } catch {
      note("the books cannot be read: \(error)")
      obstacles.append("the books cannot be read: ledger verify")
    }
    guard let age = books.home.heartbeat?.ageSeconds else {
      return obstacles + ["no poller works on this home: ledger poll"]
    }
    if age > Service.heartbeatSeconds {
      obstacles.append(
        age.isFinite
          ? "the poller gave no sign of life for \(Int(age)) seconds: ledger poll"
          : "the poller has not been seen since the machine started: ledger poll")
    }
    return obstacles
  }
}
