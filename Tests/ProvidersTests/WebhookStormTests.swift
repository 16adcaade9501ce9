// Storms of notifications (F10, F11): duplicated, shuffled, delayed, conflicting, before and after
// their jobs are known, mixed with polls. LEDGER_WEBHOOKS is the number of deliveries of a storm.

import Dispatch
import Glibc
import Ledger
import Providers
import Support
import Synchronization
import Testing
import Wire

@Suite("Storms of notifications", .seeded, .serialized) struct WebhookStormTests {
  private static let deliveries =
    getenv("LEDGER_WEBHOOKS").flatMap { Int(String(cString: $0)) } ?? 10_000
  private static let words = ["succeeded", "failed", "canceled"]

  private struct Sending {
    let job: Int
    let word: String
    let delivery: String
  }

  /// What must become of a job whose verdicts come in this order: state, and credits of 5 that were
  /// captured, released and written off.
  private struct Model: Equatable {
    var state = JobState.dispatched
    var captured = 0
    var released = 0
    var writtenOff = 0

    mutating func hear(_ word: String) {
      switch (state, word) {
      case (.dispatched, "succeeded"): (state, captured) = (.succeeded, 5)
      case (.dispatched, "failed"): (state, released) = (.failed, 5)
      case (.dispatched, "canceled"): (state, released) = (.canceled, 5)
      case (.failed, "succeeded"), (.canceled, "succeeded"), (.expired, "succeeded"):
        (state, writtenOff) = (.succeeded, 5)
      default: break
      }
    }

    mutating func expire() {
      if state == .dispatched { (state, released) = (.expired, 5) }
    }
  }

  private func model(_ job: Job) -> Model {
    let state = [.running, .overdue].contains(job.state) ? JobState.dispatched : job.state
    return Model(
      state: state, captured: Int(job.captured.micros / 1_000_000),
      released: Int(job.released.micros / 1_000_000),
      writtenOff: Int(job.writtenOff.micros / 1_000_000))
  }

  /// No micro-credit of a hold is both captured and released.
  private func expectSound(_ mail: Mailbox, _ id: String) throws {
    let job = try mail.job(id)
    #expect(job.captured + job.released + job.openHold == job.hold, "\(id)")
    #expect(job.captured == .zero || job.released == .zero, "\(id)")
  }

  @Test("duplicated and shuffled messages give each job one verdict and one movement of money")
  func duplicates() throws {
    var dice = Seed.generator(for: "storm of duplicates")
    let mail = try Mailbox()
    let count = max(1, Self.deliveries / 10)
    let words = (0..<count).map { _ in Self.words.randomElement(using: &dice)! }
    var sendings: [Sending] = []
    for job in 0..<count {
      let messages = [("processing", "\(job)-a"), (words[job], "\(job)-b")]
      for (word, delivery) in messages {
        let copies = job < 20 ? 50 : Int.random(in: 1...8, using: &dice)
        for _ in 0..<copies { sendings.append(Sending(job: job, word: word, delivery: delivery)) }
      }
    }
    sendings.shuffle(using: &dice)
    // Half of the jobs become known in the middle of the storm.
    let late = Set((0..<count).shuffled(using: &dice).prefix(count / 2))
    try track(mail, (0..<count).filter { !late.contains($0) })
    var unknown = late.shuffled(using: &dice)[...]
    for start in stride(from: 0, to: sendings.count, by: 100) {
      let part = sendings[start..<min(start + 100, sendings.count)]
      let results = try mail.ingest().take(
        part.map {
          WebhookIngest.Delivery(mail.message("p\($0.job)", $0.word, delivery: $0.delivery))
        })
      #expect(results.allSatisfy { $0.outcome != .rejected && $0.verified })
      let known = unknown.prefix(1 + count / 50)
      unknown = unknown.dropFirst(known.count)
      try track(mail, Array(known))
      try mail.readOrphans()
      try poll(mail, Int.random(in: 0..<count, using: &dice), words)
    }
    try track(mail, Array(unknown))
    try mail.readOrphans()
    for job in 0..<count {
      var expected = Model()
      expected.hear(words[job])
      #expect(model(try mail.job("j\(job)")) == expected, "j\(job)")
      try expectSound(mail, "j\(job)")
    }
    let counted = try tally(mail)
    #expect(counted[.creditCaptured, default: 0] + counted[.creditReleased, default: 0] == count)
    let verdicts = [EventType.jobSucceeded, .jobFailed, .jobCanceled]
    #expect(verdicts.map { counted[$0, default: 0] }.reduce(0, +) == count)
    #expect(try mail.books.replay(.check).differences == [])
  }

  @Test("conflicting verdicts never part a verdict from its money, in any order")
  func conflicts() throws {
    var dice = Seed.generator(for: "storm of conflicts")
    let mail = try Mailbox()
    let count = max(1, Self.deliveries / 20)
    var models = [Model](repeating: Model(), count: count)
    for job in 0..<count {
      let end = mail.scenario.clock.after(seconds: 3)
      try mail.scenario.given(.submit("j\(job)", holdExpires: end), .start("j\(job)"))
      let isEarly = Bool.random(using: &dice)
      if !isEarly { try mail.scenario.given(.accept("j\(job)", external: "p\(job)")) }
      let verdicts = (0..<Int.random(in: 1...4, using: &dice)).map { _ in
        Self.words.randomElement(using: &dice)!
      }
      let expiresAt = Int.random(in: 0...6, using: &dice)
      for (index, word) in verdicts.enumerated() {
        if index == expiresAt, !isEarly { expire(mail, job, &models[job]) }
        if Int.random(in: 0..<4, using: &dice) == 0 {
          _ = try mail.scenario.when(.cancel("j\(job)"))
        }
        _ = try mail.ingest().take(
          mail.message("p\(job)", word, delivery: "\(job)-\(index)"))
        models[job].hear(word)
      }
      if isEarly {
        try mail.scenario.given(.accept("j\(job)", external: "p\(job)"))
        #expect(try mail.readOrphans() == verdicts.count)
      }
    }
    for job in 0..<count {
      #expect(model(try mail.job("j\(job)")) == models[job], "j\(job)")
      try expectSound(mail, "j\(job)")
    }
    #expect(try mail.books.replay(.check).differences == [])
  }

  @Test("one message from 64 clients at once is applied once; the others are told the same place")
  func clients() throws {
    let mail = try Mailbox()
    try mail.scenario.given(.track())
    let message = mail.message("p1", "succeeded", delivery: "m1")
    let ingest = try mail.ingest()
    let results = Mutex<[WebhookIngest.Result]>([])
    DispatchQueue.concurrentPerform(iterations: 64) { _ in
      guard let result = try? ingest.take(message) else { return }
      results.withLock { $0.append(result) }
    }
    let all = results.withLock { $0 }
    #expect(all.count == 64 && all.count { $0.outcome == .applied } == 1)
    #expect(all.count { $0.outcome == .duplicate } == 63)
    #expect(Set(all.map(\.position)).count == 1)
    #expect(try mail.job("j1").captured == Credits("5"))
  }

  private func expire(_ mail: Mailbox, _ job: Int, _ model: inout Model) {
    mail.scenario.clock.step(seconds: 4)
    _ = try? mail.scenario.when(.expire("j\(job)"))
    model.expire()
  }

  private func track(_ mail: Mailbox, _ jobs: [Int]) throws {
    let answers = try mail.books.append(
      jobs.map { Command(.track("j\($0)", external: "p\($0)"), actor: .cli) })
    for answer in answers { _ = try answer.get() }
  }

  /// A poll says what the provider would say then: still running, or the verdict.
  private func poll(_ mail: Mailbox, _ job: Int, _ words: [String]) throws {
    guard try mail.books.read({ try $0.jobNumber("j\(job)") }) != nil else { return }
    let seen: Observation =
      switch words[job] {
      case "succeeded": .succeeded()
      case "failed": .failed()
      default: .canceled()
      }
    try mail.scenario.given(.observe("j\(job)", seen))
  }

  private func tally(_ mail: Mailbox) throws -> [EventType: Int] {
    try mail.books.read { snapshot in
      var counted: [EventType: Int] = [:]
      for position in 1...snapshot.head {
        guard let type = try snapshot.log.event(at: position)?.event.type else { continue }
        counted[type, default: 0] += 1
      }
      return counted
    }
  }
}
