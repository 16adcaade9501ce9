// What the log says of a submit in doubt: how often it was sent, since when, with which profile.

package import Ledger
package import Providers
package import Wire

/// The attempts of one step that nobody knows the fate of, the current one included.
package struct Doubts: Sendable, Equatable {
  /// Repeats of one submit under the same key, at most; a person looks after that.
  package static let repeatsMax = 4
  /// Events walked back, at most.
  static let eventsMax = 256

  /// Attempts that ended in doubt.
  package var count = 0
  /// When the first of them began.
  package var since: Timestamp?
  /// The newest attempt's profile: first 8 bytes of its digest.
  package var profile: [UInt8]?

  package init() {}

  /// Whether the submit may be sent again: with the same key and body, as long as the provider
  /// surely remembers the key (PRODUCT, rule 3).
  package func allowRepeat(
    _ job: Job, _ profile: Profile, now: Timestamp
  ) -> Bool {
    guard job.flags.contains(.repeatable), profile.honoursIdempotencyKeys,
      count <= Doubts.repeatsMax, self.profile == profile.digest, let since
    else { return false }
    return now.seconds(since: since) < Double(profile.idempotencyLifeSeconds)
  }
}

extension Snapshot {
  /// The doubts about a job's current step, from its newest event back.
  mutating func doubts(of number: SubjectNumber) throws -> Doubts {
    var doubts = Doubts()
    var position = try subject(number)?.last ?? 0
    for _ in 0..<Doubts.eventsMax {
      guard let event = try log.event(at: position) else { break }
      switch event.event {
      case .jobDispatchUncertain: doubts.count += 1
      case .jobDispatchStarted(let body):
        doubts.profile = doubts.profile ?? body.profile ?? []
        doubts.since = event.time
      // Before it everything is proved: not accepted, another step, or nothing yet.
      case .jobDispatchRefused, .jobStepSucceeded, .jobSubmitted: return doubts
      default: break
      }
      position = event.header.previous
    }
    return doubts
  }
}
