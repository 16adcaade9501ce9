// Stored replies, read again with the profile as it is now: what a mended profile would have said
// then, and what follows from it today.

package import Ledger
package import Wire

/// The second reading of one provider's replies.
package struct Rereading {
  /// A job that goes on, or ends, because a reply means something else now.
  package struct Consequence: Sendable {
    package let job: SubjectNumber
    package let id: String
    /// The event that holds the reply.
    package let position: Position
    package let word: String?
    /// What the reply was taken for; nil for a submit in doubt.
    package let was: Reading?
    package let now: ReplyReading
    package let command: JobCommand
  }

  private let profile: Profile
  private let moment: Timestamp
  /// Replies read again.
  package private(set) var replies = 0
  /// Replies that mean something else now.
  package private(set) var changed = 0
  private var found: [SubjectNumber: Consequence] = [:]

  /// - Parameter moment: when whatever must be asked next is asked.
  package init(_ profile: Profile, at moment: Timestamp) {
    self.profile = profile
    self.moment = moment
  }

  /// What follows, one consequence a job, by number.
  package var consequences: [Consequence] {
    found.values.sorted { $0.job < $1.job }
  }

  /// Which events hold replies that can be read again.
  package static let types: Set<EventType> = [.jobPolled, .jobDispatchUncertain]

  /// Reads the reply of one event again, if it holds one and is about the job's current step. Of
  /// several replies of a job the newest rules.
  package mutating func look(
    at event: RecordedEvent, of details: JobDetails, _ snapshot: inout Snapshot
  ) throws {
    guard event.envelope.step == UInt64(details.job.step) else { return }
    switch event.event {
    case .jobPolled(let body): try look(at: body, event, details, &snapshot)
    case .jobDispatchUncertain(let body): try look(at: body, event, details, &snapshot)
    default: break
    }
  }

  private mutating func look(
    at body: JobPolled, _ event: RecordedEvent, _ details: JobDetails,
    _ snapshot: inout Snapshot
  ) throws {
    let request = body.request ?? .status
    guard let status = body.httpStatus, request != .list,
      let bytes = try body.reply.flatMap({ try snapshot.bytes($0) })
    else { return }
    replies += 1
    let context = RequestContext(details, now: event.time)
    let reading = profile.read(
      request.phase, Reply(status: Int(clamping: status), body: bytes), for: context)
    let wasFinished = body.nextRequest == .result
    guard
      reading.state != body.reading || reading.replyClass != body.class
        || reading.mustFetchResult != wasFinished
    else { return }
    changed += 1
    guard follows(reading, for: details.job) else { return }
    let exchange = Exchange(httpStatus: status, reply: bytes)
    let observation = Observation(
      reading, to: request, exchange: exchange, billing: profile.billing, nextAt: moment)
    found[details.number] = Consequence(
      job: details.number, id: details.id, position: event.position, word: reading.word,
      was: body.reading, now: reading, command: .observe(observation))
  }

  /// Only a verdict, or the word that its result can be fetched, changes anything; of a job that
  /// has ended only a success does.
  private func follows(_ reading: ReplyReading, for job: Job) -> Bool {
    guard job.flags.contains(.hasHandle), !job.flags.contains(.duplicate) else { return false }
    switch job.state {
    case .dispatched, .running, .overdue: return reading.isVerdict || reading.mustFetchResult
    case .parked: return reading.isVerdict
    case .failed, .canceled, .expired: return reading.state == .succeeded
    default: return false
    }
  }

  /// A submit's answer that nobody could read, and that names the job after all.
  private mutating func look(
    at body: JobDispatchUncertain, _ event: RecordedEvent, _ details: JobDetails,
    _ snapshot: inout Snapshot
  ) throws {
    let job = details.job
    guard let status = body.httpStatus,
      let bytes = try body.reply.flatMap({ try snapshot.bytes($0) })
    else { return }
    replies += 1
    var context = RequestContext(details, now: event.time)
    context.handle = ProviderHandle()
    let reading = profile.read(
      .submit, Reply(status: Int(clamping: status), body: bytes), for: context)
    guard reading.proof == .accepted else { return }
    changed += 1
    let isOpen = job.state == .uncertain || job.state == .parked
    guard isOpen, !job.flags.contains(.hasHandle), body.attempt == UInt64(job.attempts) else {
      return
    }
    var acceptance = Acceptance(
      reading, of: context, exchange: Exchange(httpStatus: status, reply: bytes),
      profile: profile, pollAt: moment)
    acceptance.via = .reconcile
    found[details.number] = Consequence(
      job: details.number, id: details.id, position: event.position, word: reading.word,
      was: nil, now: reading, command: .accept(acceptance))
  }
}
