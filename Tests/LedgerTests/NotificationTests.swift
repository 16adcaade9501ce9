// Messages of providers: whose they are, what they may do, and how few of a stranger's are kept.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Notifications") struct NotificationTests {
  private func message(
    _ observation: Observation = .succeeded(), external: String? = "p1", verified: Bool = true,
    delivery: String = "m1", named: String? = nil, step: UInt64 = 0, body: String = "{}",
    provider: String = "replicate"
  ) -> Action {
    var seen = observation
    seen.source = .notification(.webhook, id: delivery, verified: verified)
    seen.nextAt = nil
    seen.exchange.reply = Array(body.utf8)
    return .notify(
      Notification(
        provider: provider, handle: FoundHandle(externalID: external),
        named: named.map { .init(id: $0, step: step) }, observation: seen,
        asksForLook: seen.reading == .unknown))
  }

  private func dispatched() throws -> Scenario {
    try Scenario().given(.grant("20"), .submit(), .start(), .accept(at: .distant))
  }

  @Test("a verified verdict and its money are one group")
  func verdict() throws {
    let books = try dispatched()
    let outcome = try books.when(message(), key: "m1", actor: .webhook)
    guard case .success(let receipt) = outcome.result else { throw BooksError.busy("refused") }
    #expect(
      receipt.events.map(\.event.type) == [.jobNotified, .jobSucceeded, .creditCaptured])
    #expect(try books.job().captured == Credits("5"))
  }

  @Test("the same delivery is answered once, for ever, whatever it says the second time")
  func duplicates() throws {
    let books = try dispatched()
    let first = try books.when(message(), key: "m1")
    let position = try first.result.get().position
    try books.when(message(.failed()), key: "m1").thenRepeats(position)
    try books.when(message(), key: "m1").thenRepeats(position)
    #expect(try books.head() == position)
  }

  @Test("who cannot sign moves no money and cannot use up the id of what comes signed")
  func unverified() throws {
    let books = try dispatched()
    let outcome = try books.when(message(verified: false), key: "m1")
    #expect(try outcome.result.get().events.map(\.event.type) == [.jobNotified])
    let job = try books.job()
    #expect(job.state == .dispatched && job.nextAt == books.clock.now && job.openHold == job.hold)
    #expect(try !books.when(message(), key: "m1").result.get().isRepeated)
    #expect(try books.job().state == .succeeded)
  }

  @Test("while a look is due already, what cannot be believed writes nothing more")
  func bounded() throws {
    let books = try dispatched()
    _ = try books.when(message(verified: false), key: "a")
    let head = try books.head()
    for number in 0..<50 {
      _ = try books.when(message(verified: false, delivery: "x\(number)"), key: "x\(number)")
    }
    #expect(try books.head() == head)
    for number in 0..<300 {
      try books.given(.observe(.pending(at: .distant)))
      _ = try books.when(message(verified: false), key: "y\(number)")
    }
    let notified = books.history.count { $0.event.type == .jobNotified }
    #expect(notified == Limits.unverifiedNotifications)
  }

  @Test("an unsigned success of a job that failed only makes us look; an unsigned failure not even")
  func unverifiedLate() throws {
    let books = try dispatched()
    try books.given(.observe(.failed()))
    _ = try books.when(message(.failed(), verified: false), key: "a")
    #expect(try books.job().nextAt == nil)
    try books.given(.observe(.pending()))
    let outcome = try books.when(message(verified: false), key: "b")
    #expect(
      try outcome.result.get().events.map(\.event.type) == [.jobNotified, .jobCheckRequested])
    let job = try books.job()
    #expect(job.state == .failed && job.nextAt == books.clock.now && job.writtenOff == .zero)
    _ = try books.when(message(), key: "c")
    #expect(try books.job().state == .succeeded)
  }

  @Test("a message before its job is kept, and is to be read once the job has its handle")
  func orphan() throws {
    let books = try Scenario().given(.grant("20"), .submit(), .start())
    let outcome = try books.when(message(), key: "m1", actor: .webhook)
    let orphan = try #require(try outcome.result.get().events.first)
    #expect(orphan.event.type == .notificationOrphaned)
    #expect(try books.books.read { try $0.readyOrphans(limit: 9) } == [])
    try books.when(message(), key: "m1").thenRepeats(orphan.position)
    try books.given(.accept())
    let ready = try books.books.read { try $0.readyOrphans(limit: 9) }
    #expect(ready.map(\.position) == [orphan.position])
    let read = Command(message(), actor: .webhook, cause: orphan.position)
    let events = try books.books.append(read).events
    #expect(events.map(\.event.type) == [.jobNotified, .jobSucceeded, .creditCaptured])
    #expect(try books.books.read { try $0.readyOrphans(limit: 9) } == [])
    #expect(throws: Refusal.self) { try books.books.append(read) }
  }

  @Test("tracking the id of a kept message makes it readable too")
  func orphanTracked() throws {
    let books = try Scenario().given(.grant("20"))
    _ = try books.when(message(), key: "m1")
    try books.given(.track())
    #expect(try books.books.read { try $0.readyOrphans(limit: 9) }.count == 1)
  }

  @Test("messages that wait for one handle are bounded, and unsigned ones keep one place")
  func waiting() throws {
    let books = try Scenario().given(.grant("20"))
    for number in 0..<80 {
      _ = try books.when(message(delivery: "m\(number)"), key: "m\(number)")
    }
    #expect(
      books.history.count { $0.event.type == .notificationOrphaned } == Limits.orphansPerHandle)
    for number in 0..<5 {
      _ = try books.when(message(external: "p2", verified: false), key: "u\(number)")
    }
    #expect(
      books.history.count { $0.event.type == .notificationOrphaned } == Limits.orphansPerHandle + 1)
  }

  @Test("an hour has so many rejected and unsigned messages of a provider, and no more")
  func noise() throws {
    let books = try Scenario().given(.grant("20"))
    let rejected = RejectedNotification(
      provider: "replicate", reason: .signature, body: [UInt8](repeating: 65, count: 100_000))
    for number in 0..<200 {
      _ = try books.when(.reject(rejected))
      _ = try books.when(message(external: "x\(number)", verified: false), key: "u\(number)")
    }
    #expect(try books.head() <= 2 + 2 + Position(Limits.noiseEvents))
    let head = try books.head()
    // What verifies is no noise, and another provider has an hour of its own.
    _ = try books.when(message(external: "real"), key: "real")
    _ = try books.when(
      .reject(RejectedNotification(provider: "other", reason: .malformed, body: [])))
    #expect(try books.head() == head + 2)
    books.clock.step(seconds: 3700)
    _ = try books.when(.reject(rejected))
    #expect(try books.head() == head + 3)
  }

  @Test("a signed address gives an uncertain job its handle, and a verified body its verdict too")
  func handle() throws {
    for (verified, state) in [(true, JobState.succeeded), (false, .dispatched)] {
      let books = try Scenario().given(.grant("20"), .submit(), .start(), .doubt())
      let outcome = try books.when(message(verified: verified, named: "j1"), key: "m1")
      let events = try outcome.result.get().events
      guard case .jobDispatched(let body)? = events.first?.event else {
        Issue.record("\(events)")
        continue
      }
      #expect(body.via == .webhook && body.externalID == "p1")
      let job = try books.job()
      #expect(job.state == state && (job.captured == job.hold) == verified)
      if !verified { #expect(job.nextAt == books.clock.now) }
    }
  }

  @Test("a parked job gets its handle by a signed address; one never sent does not")
  func parked() throws {
    let doubted = try Scenario().given(
      .grant("20"), .submit(), .start(), .doubt(reconcileAt: nil))
    #expect(try doubted.job().state == .parked)
    _ = try doubted.when(message(.pending(), named: "j1"), key: "m1")
    #expect(try doubted.job().flags.contains(.hasHandle))
    let unsent = try Scenario().given(.grant("20"), .submit(), .park())
    let outcome = try unsent.when(message(named: "j1"), key: "m1")
    #expect(try outcome.result.get().events.first?.event.type == .notificationOrphaned)
  }

  @Test("a signed address never turns a message about another handle into this job's")
  func otherHandle() throws {
    let books = try dispatched()
    let outcome = try books.when(message(external: "p9", named: "j1"), key: "m1")
    #expect(try outcome.result.get().events.map(\.event.type) == [.notificationOrphaned])
    #expect(try books.job().state == .dispatched)
    let other = try Scenario().given(.grant("20"), .submit(), .start(), .doubt())
    let wrong = message(named: "j1", step: 1)
    #expect(try other.when(wrong, key: "m2").result.get().events.count == 1)
    #expect(try other.job().state == .uncertain)
  }

  @Test("before the submit's answer only a signed body takes its place")
  func dispatching() throws {
    let books = try Scenario().given(.grant("20"), .submit(), .start())
    _ = try books.when(message(verified: false, named: "j1"), key: "u")
    #expect(try books.job().state == .dispatching)
    _ = try books.when(message(named: "j1"), key: "m1")
    #expect(try books.job().state == .succeeded)
    try books.when(.accept()).thenRefused(.conflict, naming: books.position(of: .jobDispatched))
  }

  @Test("a verified message that is no verdict leaves the next look where it was")
  func pending() throws {
    let books = try dispatched()
    _ = try books.when(message(.pending(fraction: 380_000)), key: "m1")
    let job = try books.job()
    #expect(job.state == .running && job.nextAt == .distant && job.fraction == 380_000)
  }

  @Test("replay tells of messages what the books tell")
  func replay() throws {
    let books = try Scenario().given(.grant("20"))
    _ = try books.when(message(), key: "m1")
    _ = try books.when(message(external: "p2", verified: false), key: "m2")
    try books.given(.track())
    #expect(try books.books.replay(.check).differences == [])
  }
}

extension Timestamp {
  /// Far from every test's now.
  fileprivate static let distant = Timestamp(microseconds: 9_000_000_000_000_000)
}
