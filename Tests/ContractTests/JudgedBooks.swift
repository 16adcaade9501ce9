// Books with everything that can happen to credits, drawn from a seed: grants with and without an
// end, holds, captures in whole and in part, releases, expiry, overdraft, late successes written
// off, refunds, adjustments, over many days.

import Posix
import Support
import Wire

import Ledger

/// A home for outside judges.
final class JudgedBooks {
  let home: CommandHome
  private let clock = FakeClock()
  private let books: Books
  private var random: SplitMix64
  private var commands: [Action] = []
  private var jobs = 0
  /// The newest charge worth giving a part of back.
  private var captured: RecordedEvent?

  /// - Parameter events: at least so many.
  init(seed purpose: String, events: Int) throws {
    random = Seed.generator(for: purpose)
    home = try CommandHome()
    let path = home.path
    try Books.create(Home(path), unit: "Studio credits", program: "test", by: "tester")
    let clock = self.clock
    books = try Books(Home(path), clock: { clock.now })
    for number in 1...20 { commands.append(.grant(grant(account(number)))) }
    while try books.read({ $0.head }) < events {
      for _ in 0..<200 { try live() }
      try flush()
      try correct()
    }
    commands.append(.grant(Grant(account: "overdrawn", amount: Credits(micros: 1))))
    commands.append(.setLimit(account: "overdrawn", limit: Credits("20")!, reason: nil))
    commands.append(
      .submit(
        Submission(
          id: "overdrawn", account: "overdrawn", provider: "replicate", hold: Credits("7")!)))
    try flush()
  }

  private func account(_ number: Int) -> String { "acct-\(number)/team@x:\(number % 3)" }

  private func credits(_ most: Int64) -> Credits {
    Credits(micros: .random(in: 0...most * 1_000_000, using: &random))
  }

  private func grant(_ account: String) -> Grant {
    let end = clock.now.advanced(seconds: .random(in: 3_600...864_000, using: &random))
    return Grant(
      account: account, amount: credits(40) + Credits(micros: 1),
      expires: Bool.random(using: &random) ? .at(end) : nil,
      priority: .random(in: -2...2, using: &random))
  }

  /// One thing that happens; jobs as a chain of commands.
  private func live() throws {
    let account = account(.random(in: 1...20, using: &random))
    switch Int.random(in: 0...9, using: &random) {
    case 0...2: commands.append(.grant(grant(account)))
    case 3: commands.append(.setLimit(account: account, limit: credits(15), reason: nil))
    default:
      jobs += 1
      try job("job-\(jobs)", account)
    }
  }

  private func job(_ id: String, _ account: String) throws {
    let now = clock.now
    let isPipeline = Int.random(in: 0...2, using: &random) == 0
    let (first, last) = (isPipeline ? credits(9) : .zero, credits(11))
    var submission = Submission(
      id: id, account: account, provider: "replicate", hold: first + last)
    if isPipeline {
      submission.plan = Plan(
        [first, last].map { Plan.Step(provider: "replicate", input: [:], share: $0) })
    }
    commands.append(.submit(submission))
    guard Int.random(in: 0...5, using: &random) > 0 else {
      return commands.append(.job(id, .cancel(reason: nil)))
    }
    commands.append(.job(id, .startDispatch(DispatchStart(nextAt: now))))
    let handle = FoundHandle(externalID: "x-\(id)")
    commands.append(.job(id, .accept(Acceptance(via: .submit, handle: handle, nextAt: now))))
    if isPipeline {  // often with a later failure, after which this step is paid for or not
      var done = Observation(source: .poll(.status), reading: .succeeded)
      done.outputs = [.init(url: "https://example.com/\(id).png")]
      done.chargesCompletedStep = Bool.random(using: &random)
      done.charge = Bool.random(using: &random) ? credits(9) : nil
      commands.append(.job(id, .observe(done)))
      commands.append(.job(id, .startDispatch(DispatchStart(nextAt: now))))
      let second = FoundHandle(externalID: "y-\(id)")
      commands.append(.job(id, .accept(Acceptance(via: .submit, handle: second, nextAt: now))))
    }
    let readings: [Reading] = [.pending, .succeeded, .succeeded, .failed, .canceled]
    var seen = Observation(
      source: .poll(.status), exchange: Exchange(httpStatus: 200),
      reading: readings.randomElement(using: &random)!, nextAt: now)
    seen.charge = Bool.random(using: &random) ? credits(20) : nil
    seen.chargesCustomer = Bool.random(using: &random)
    seen.outputs = [.init(url: "https://example.com/\(id).mp4")]
    commands.append(.job(id, .observe(seen)))
    if seen.reading == .failed || seen.reading == .canceled {
      // Written off: the money went back, and then it succeeded after all.
      seen.reading = .succeeded
      commands.append(.job(id, .observe(seen)))
    }
  }

  /// Gives what has gathered, then lets hours pass.
  private func flush() throws {
    for result in try books.append(commands.map { Command($0, actor: .api, by: "tester") }) {
      switch result {
      case .success(let receipt):
        captured =
          receipt.events.last { event in
            if case .creditCaptured(let body) = event.event {
              body.amount > Credits(micros: 10)
            } else {
              false
            }
          } ?? captured
      case .failure(let refusal): if refusal.code == .invalid { throw refusal }
      }
    }
    commands = []
    clock.step(seconds: .random(in: 3_600...90_000, using: &random))
  }

  /// A part of a charge given back, a gift, and a part of it taken away again.
  private func correct() throws {
    guard let captured, case .creditCaptured(let body) = captured.event else { return }
    let (job, account) = try books.read { snapshot in
      (
        try snapshot.subject(captured.subject)?.name.id ?? "",
        try snapshot.subject(body.account)?.name.id ?? ""
      )
    }
    let back = Credits(micros: .random(in: 1...body.amount.micros, using: &random))
    let one = Credits(micros: 1)
    commands = [
      .refund(Refund(job: job, amount: back, reason: "sorry")),
      .adjust(Adjustment(account: account, amount: credits(9) + one)),
      .adjust(Adjustment(account: account, amount: -one)),
    ]
    self.captured = nil
    try flush()
  }
}
