// The active poller's sign of life: a line in POLLER, which readers need no lock for. Kept by the
// clock that nobody can set, so that a wall clock that jumps kills no poller.
//
//     4711 2026-11-21T13:34:30.123456Z 456789012 BOOT-ID
//
// The process, the wall clock, microseconds since boot, and which boot.

import Glibc
package import Posix
package import Wire

/// What the active poller wrote last.
package struct Heartbeat: Sendable, Equatable {
  /// Between two of them, seconds.
  package static let everySeconds = 1.0

  package let processID: Int32
  /// By the wall clock.
  package let at: Timestamp
  /// How old it is; infinite when it is of another boot.
  package let ageSeconds: Double

  static func line(_ now: Timestamp, boot: Int64, bootID: String) -> String {
    "\(getpid()) \(now) \(boot) \(bootID)\n"
  }

  /// Nil when the text is no heartbeat: none was written, or one is being written just now.
  init?(_ text: String, boot: Int64, bootID: String) {
    let words = text.split(whereSeparator: \.isWhitespace)
    guard text.hasSuffix("\n"), words.count == 4, let processID = Int32(words[0]),
      let at = Timestamp(String(words[1])), let then = Int64(words[2])
    else { return nil }
    self.processID = processID
    self.at = at
    ageSeconds = words[3] == bootID ? Double(max(0, boot - then)) / 1e6 : .infinity
  }
}

/// Writes heartbeats; belongs to the active poller's thread.
package struct HeartbeatWriter {
  private let bootID: String
  private var writtenAt: Int64?

  package init() { bootID = (try? Clock.bootID()) ?? "" }

  /// Writes one when the last is a second old. A disk that refuses it is no reason to stop polling.
  package mutating func beat(_ poller: borrowing File) {
    let boot = Clock.bootMicroseconds()
    guard writtenAt.map({ Double(boot - $0) >= Heartbeat.everySeconds * 1e6 }) ?? true else {
      return
    }
    writtenAt = boot
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    let line = Array(Heartbeat.line(now, boot: boot, bootID: bootID).utf8)
    try? poller.write(line)
    // What an older line was longer by.
    try? poller.truncate(to: line.count)
  }

  /// Takes it back: who ends of his own will leaves no sign of life.
  package func end(_ poller: borrowing File) { try? poller.truncate() }
}

extension Home {
  /// The active poller's newest sign of life; nil when there is none.
  package var heartbeat: Heartbeat? {
    guard let bootID = try? Clock.bootID() else { return nil }
    // A reader may meet a line that is being written.
    for _ in 0..<3 {
      guard let bytes = try? FileSystem.read(poller, limit: 4096), !bytes.isEmpty else {
        return nil
      }
      let text = String(decoding: bytes, as: UTF8.self)
      if let beat = Heartbeat(text, boot: Clock.bootMicroseconds(), bootID: bootID) { return beat }
    }
    return nil
  }

  /// When the active poller was last seen at work, by the wall clock.
  package var pollerHeartbeat: Timestamp? { heartbeat?.at }
}
