// How far a hook is: written by the poller, read by whoever asks. Only a short cut and a window:
// what was delivered stands in the log, and from there it is found again when this file is gone.

import Posix
package import Wire

/// `hooks/NAME.json` of a home.
package struct HookProgress: Sendable, Equatable {
  /// Everything up to here was delivered or given up.
  package var through: Position = 0
  /// Everything up to here was looked at.
  package var scanned: Position = 0
  /// Events between the two that were not delivered yet, and when the oldest was recorded.
  package var waiting = 0
  package var waitingSince: Timestamp?
  package var deliveredAt: Timestamp?
  /// The last attempt that failed, or what keeps attempts from being made.
  package var failure: Failing?
  package var nextTryAt: Timestamp?
  /// The history that positions belong to: after a restore they name other events.
  package var incarnation: UInt64 = 0
  /// What had been asked for when this was written: another wish begins anew.
  package var resent: Hook.Resent?
  package var retriedAt: Position = 0

  package struct Failing: Sendable, Equatable {
    package let at: Timestamp
    package let httpStatus: Int?
    /// Names the host and the cause; never a path, a query or what the receiver said.
    package let message: String

    package init(at: Timestamp, httpStatus: Int? = nil, message: String) {
      self.at = at
      self.httpStatus = httpStatus
      self.message = message
    }

    package var json: JSON {
      [
        "at": .time(at), "http_status": httpStatus.map { .int($0) } ?? .null,
        "message": .string(message),
      ]
    }
  }

  package init() {}

  /// Nil when there is none, or one that cannot be read: it is found again from the log.
  package static func read(of hook: String, in home: Home) -> HookProgress? {
    guard let text = (try? FileSystem.read(path(hook, home), limit: 64 << 10)) ?? nil,
      let json = try? JSON(parsing: text)
    else { return nil }
    return HookProgress(json)
  }

  /// Not flushed: what the machine loses when it dies is found again from the log.
  /// - Throws: `PosixError`.
  package func write(of hook: String, in home: Home) throws {
    try FileSystem.makeDirectories(home.hooks, mode: 0o700)
    let text = Array((json.text + "\n").utf8)
    try FileSystem.replace(
      HookProgress.path(hook, home), with: text, mode: 0o600, isFlushed: false)
  }

  /// - Throws: `PosixError`.
  package static func remove(of hook: String, in home: Home) throws {
    try FileSystem.remove(path(hook, home))
  }

  private static func path(_ hook: String, _ home: Home) -> String {
    "\(home.hooks)/\(hook).json"
  }

  private var json: JSON {
    [
      "through": .int(through), "scanned": .int(scanned), "waiting": .int(waiting),
      "waiting_since": .time(waitingSince), "delivered_at": .time(deliveredAt),
      "failure": failure?.json ?? .null, "next_try_at": .time(nextTryAt),
      "incarnation": .int(incarnation),
      "resent": resent.map { ["after": .int($0.after), "at": .int($0.at)] } ?? .null,
      "retried_at": .int(retriedAt),
    ]
  }

  private init?(_ json: JSON) {
    func position(_ value: JSON?) -> Position? { value?.int.flatMap(Position.init(exactly:)) }
    func time(_ value: JSON?) -> Timestamp? { value?.string.flatMap { Timestamp($0) } }
    guard let through = position(json["through"]), let scanned = position(json["scanned"]),
      let waiting = json["waiting"]?.int, let incarnation = position(json["incarnation"]),
      let retriedAt = position(json["retried_at"]), through <= scanned
    else { return nil }
    self.through = through
    self.scanned = scanned
    self.waiting = waiting
    self.incarnation = incarnation
    self.retriedAt = retriedAt
    waitingSince = time(json["waiting_since"])
    deliveredAt = time(json["delivered_at"])
    nextTryAt = time(json["next_try_at"])
    if let at = time(json["failure"]?["at"]), let message = json["failure"]?["message"]?.string {
      failure = Failing(at: at, httpStatus: json["failure"]?["http_status"]?.int, message: message)
    }
    if let after = position(json["resent"]?["after"]), let at = position(json["resent"]?["at"]) {
      resent = Hook.Resent(after: after, at: at)
    }
  }
}
