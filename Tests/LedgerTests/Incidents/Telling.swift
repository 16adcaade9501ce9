// Stories as tests tell them: a job's life in real books, and what its diagnoses say.

import Support
import Testing
import Wire

@testable import Ledger

/// A story that shows a pattern, or almost does.
struct Telling: Sendable, CustomTestStringConvertible {
  let code: String
  let about: String
  /// Types of the evidence, in order; nil: the pattern is not there.
  let evidence: [EventType]?
  /// How the next command begins; nil: nothing is left to do.
  let next: String?
  /// Seconds from the last event to the moment at which it is asked.
  let seconds: Double
  let happen: @Sendable (Scenario) throws -> Void
  /// What the books cannot write yet.
  var change: @Sendable (inout Story) -> Void = { _ in }

  var testDescription: String { "\(code): \(about)" }

  /// The pattern is there.
  static func shows(
    _ code: String, _ about: String, _ evidence: [EventType], next: String? = nil,
    after seconds: Double = 0, change: @escaping @Sendable (inout Story) -> Void = { _ in },
    _ happen: @escaping @Sendable (Scenario) throws -> Void
  ) -> Telling {
    Telling(
      code: code, about: about, evidence: evidence, next: next, seconds: seconds, happen: happen,
      change: change)
  }

  /// The nearest innocent story.
  static func hides(
    _ code: String, _ about: String, after seconds: Double = 0,
    change: @escaping @Sendable (inout Story) -> Void = { _ in },
    _ happen: @escaping @Sendable (Scenario) throws -> Void
  ) -> Telling {
    Telling(
      code: code, about: about, evidence: nil, next: nil, seconds: seconds, happen: happen,
      change: change)
  }

  static let all = submitting + watching + ending + telling + billing

  func story() throws -> Story {
    let scenario = try Scenario().given(.grant("100"))
    try happen(scenario)
    var story = try scenario.story(after: seconds)
    change(&story)
    return story
  }
}

extension Scenario {
  func story(_ id: String = "j1", after seconds: Double = 0) throws -> Story {
    let now = clock.after(seconds: seconds)
    return try books.read { snapshot in
      let number = try #require(try snapshot.jobNumber(id))
      return try #require(try snapshot.story(of: number, now: now))
    }
  }

  /// Some time passes.
  @discardableResult
  func wait(_ seconds: Double) -> Scenario {
    clock.step(seconds: seconds)
    return self
  }

  /// Handed in and accepted; the first look is due in two seconds.
  @discardableResult
  func accepted(_ id: String = "j1", external: String = "p1", hold: String = "5") throws -> Scenario
  {
    try given(.submit(id, hold: hold), .start(id, at: clock.after(seconds: 60)))
    wait(1)
    return try given(.accept(id, external: external, at: clock.after(seconds: 2)))
  }

  /// A look that heard that it goes on.
  @discardableResult
  func looked(_ change: (inout Observation) -> Void = { _ in }) throws -> Scenario {
    wait(2)
    var seen = Observation.pending(at: clock.after(seconds: 2))
    change(&seen)
    return try given(.observe(seen))
  }

  /// A look that brought no word of the job.
  @discardableResult
  func failed(
    _ status: UInt64?, _ replyClass: ReplyClass = .transient, request: PollRequest = .status
  ) throws -> Scenario {
    wait(2)
    var seen = Observation.unknown(
      status: status, fault: status == nil ? .timeout : nil, class: replyClass,
      at: clock.after(seconds: 4))
    seen.source = .poll(request)
    return try given(.observe(seen))
  }

  @discardableResult
  func ended(_ observation: Observation = .succeeded()) throws -> Scenario {
    wait(2)
    return try given(.observe(observation))
  }

  /// A webhook.
  @discardableResult
  func called(
    _ observation: Observation, delivery: String = "m1", verified: Bool = true, cause: Position = 0
  ) throws -> Scenario {
    var seen = observation
    seen.source = .notification(.webhook, id: delivery, verified: verified)
    seen.nextAt = nil
    seen.exchange.reply = Array("{}".utf8)
    let message = Notification(
      provider: "replicate", handle: FoundHandle(externalID: "p1"), observation: seen,
      asksForLook: false)
    _ = try books.append(
      Command(.notify(message), actor: .webhook, key: cause == 0 ? delivery : nil, cause: cause))
    return self
  }

  @discardableResult
  func reported(_ kind: String) throws -> Scenario {
    wait(1)
    return try given(.job("j1", .report(ClientReport(kind: kind))))
  }

  @discardableResult
  func delivered(_ channel: Channel = .http, _ consumer: String = "page") throws -> Scenario {
    wait(1)
    return try given(.job("j1", .deliver(Delivery(channel: channel, consumer: consumer))))
  }

  var started: Action { .pollerStarted(program: "test", pid: 1, inFlight: 1) }
}

extension Story {
  /// A line of the provider's invoice.
  mutating func bill(
    _ quantity: String = "1.5", _ certainty: Certainty = .exact, at position: Position = 9000
  ) {
    let body = ProviderBilled(
      lineID: "line-1", quantity: quantity, unit: "seconds", job: number, certainty: certainty)
    bills.append(
      RecordedEvent(
        position: position,
        header: RecordHeader(
          type: EventType.providerBilled.rawValue, version: 1, flags: [], time: now, subject: 1,
          previous: 0),
        envelope: Envelope(), event: .providerBilled(body), hash: events[0].hash))
  }

  /// Invoices from one moment to another, counted in seconds from the job's submission.
  mutating func invoiced(_ spans: ClosedRange<Double>...) {
    let time = job.submittedAt ?? now
    billed = BilledPeriod(
      spans.map {
        BilledSpan(
          time.advanced(seconds: $0.lowerBound)...time.advanced(seconds: $0.upperBound),
          last: 9001)
      })
  }

  func type(at position: Position) -> EventType? {
    (events + orphans + bills).first { $0.position == position }?.event.type
      ?? (billed.spans.contains { $0.last == position } ? .providerBilled : nil)
  }
}
