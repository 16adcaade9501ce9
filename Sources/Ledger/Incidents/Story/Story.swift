// A job's story: everything a diagnosis is made of, gathered once, so that the rules are pure.

package import Wire

/// One job's events, oldest first, with the names and surroundings that rules need.
package struct Story: Sendable {
  package let id: String
  package let number: SubjectNumber
  package let job: Job
  /// Whom the current step asks, and for which model.
  package let provider: String
  package let model: String?
  package let account: String
  /// The provider's id of the current step.
  package let externalID: String?
  package let submitted: JobSubmitted
  /// Oldest first.
  package let events: [RecordedEvent]
  /// Events left out of the middle, because there are too many to look at.
  package let leftOut: Int
  /// What was heard of the job from the provider, oldest first.
  let answers: [Answer]
  /// Messages that were kept until the job was known, and that it was told of later.
  package var orphans: [RecordedEvent] = []
  /// Lines of the provider's invoice that are matched with the job, oldest first.
  package var bills: [RecordedEvent] = []
  /// What the provider's recorded invoices cover.
  package var billed = BilledPeriod()
  /// The job that owns this one's handle; nil: it is its own.
  package var owner: String?
  /// The event that pauses submission of such jobs; nil: it goes on.
  package var pause: Position?
  package var poller: PollerTrace
  package let now: Timestamp

  /// - Parameter events: the job's own, oldest first.
  package init(
    _ details: JobDetails, events: [RecordedEvent], leftOut: Int = 0,
    poller: PollerTrace = .never, now: Timestamp
  ) {
    id = details.id
    number = details.number
    job = details.job
    provider = details.provider
    model = details.model
    account = details.account
    externalID = details.handle?.externalID
    submitted = details.submitted
    self.events = events
    self.leftOut = leftOut
    self.poller = poller
    self.now = now
    answers = events.compactMap(Answer.init)
  }
}

/// A reply, a message of a stream, or a webhook: what it said of the job.
struct Answer: Sendable {
  let position: Position
  let time: Timestamp
  /// `poll`, `sse` or `webhook`.
  let channel: Channel
  let step: UInt64
  let httpStatus: UInt64?
  let word: String?
  let replyClass: ReplyClass
  let reading: Reading
  let fault: Fault?
  /// What was asked, of a poll.
  let request: PollRequest
  /// Of a webhook: its signature verified. Everything else was asked for by ourselves.
  let isBelievable: Bool
  /// The event that led to it; 0: none.
  let cause: Position

  /// Nil for every event that is no answer.
  init?(_ event: RecordedEvent) {
    switch event.event {
    case .jobPolled(let body):
      channel = .poll
      httpStatus = body.httpStatus
      word = body.word
      replyClass = body.class
      reading = body.reading
      fault = body.fault
      request = body.request ?? .status
      isBelievable = true
    case .jobNotified(let body):
      channel = body.channel
      httpStatus = nil
      word = body.word
      replyClass = body.class
      reading = body.reading
      fault = nil
      request = .status
      isBelievable = body.channel != .webhook || body.verified == true
    default: return nil
    }
    position = event.position
    time = event.time
    step = event.envelope.step
    cause = event.envelope.cause
  }

  /// A reply to the question how the job gets on, or for its result.
  var isLook: Bool { channel == .poll && (request == .status || request == .result) }

  /// The provider said how the job ended.
  var isEnd: Bool { [.succeeded, .failed, .canceled].contains(reading) }
}
