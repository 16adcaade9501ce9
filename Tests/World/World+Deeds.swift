// What customers, an operator, the network and fate do to a world.

import Judge
import Ledger
import Posix
import Providers
import Simulator
import Wire

extension World {
  /// Who makes what.
  static let targets: [(provider: String, model: String?)] = [
    ("replicate", "acme/clip"), ("fal", "fal-ai/flux/dev"),
    ("higgsfield", "higgsfield-ai/dop/standard"), ("superduperai", "video/veo3"),
    ("self-hosted", nil),
  ]
  private static let accounts = ["acme", "birds", "cats"]

  /// One thing that somebody does. The plainest is a new job.
  func act() throws {
    switch choices.below(24) {
    case 0...6: try submit()
    case 7, 8: try grant()
    case 9: try submitAgain()
    case 10: try onJob("cancel", .cancel(reason: nil))
    case 11: try onJob("check", .check(reason: nil))
    case 12: try onJob("unpark", .unpark(reason: nil))
    case 13: try resolve()
    case 14: try refund()
    case 15: try pause()
    case 16: for pause in try pauses() { _ = try ask(pause) }
    case 17: try setPolicy()
    case 18: try bringBack()
    case 19: setClock()
    case 20: try replay()
    default: die()
    }
  }

  /// Asks the books; what they refuse is refused rightly or found by the judge.
  func ask(_ action: Action) throws -> Receipt? {
    guard let books, !death.hasCome else { return nil }
    let result = try books.append([Command(action, actor: .cli, by: "world")])[0]
    try look()
    return try? result.get()
  }

  private func grant() throws {
    let account = choices.pick(World.accounts)
    let length = choices.below(4)
    let amount = Credits(micros: Int64(1 + choices.below(20)) * 1_000_000)
    tell("\(amount) granted to \(account)\(length > 0 ? " for \(length * 10) minutes" : "")")
    _ = try ask(
      .grant(
        Grant(
          account: account, amount: amount,
          expires: length > 0 ? .after(UInt64(length) * 600_000) : nil)))
  }

  private func submit() throws {
    let target = choices.pick(World.targets)
    let account = choices.pick(World.accounts)
    let id = "job-\(submissions.count + 1)"
    var submission = Submission(
      id: id, account: account, provider: target.provider, model: target.model,
      hold: Credits(micros: Int64(choices.below(5)) * 1_500_000), input: ["prompt": .string(id)])
    if choices.happens(onceIn: 4) {
      submission.holdExpires = .after(UInt64(1 + choices.below(20)) * 60_000)
    }
    if choices.happens(onceIn: 6) {
      submission.patienceMilliseconds = UInt64(1 + choices.below(300)) * 1000
    }
    submissions.append(submission)
    if choices.below(3) > 0 {
      _ = try ask(
        .grant(Grant(account: account, amount: Credits(micros: 10_000_000))))
    }
    let receipt = try ask(.submit(submission))
    tell("\(id) for \(account) at \(target.provider): \(receipt == nil ? "refused" : "taken")")
  }

  /// Whoever heard no answer asks again: one job, whatever happened.
  private func submitAgain() throws {
    guard !submissions.isEmpty else { return }
    let submission = choices.pick(submissions)
    let before = try position(of: submission.id)
    let receipt = try ask(.submit(submission))
    tell("\(submission.id) submitted again")
    guard let receipt, let before else { return }
    try demandRepeated(receipt, before, submission.id)
  }

  private func onJob(_ word: String, _ command: JobCommand) throws {
    guard !submissions.isEmpty else { return }
    let id = choices.pick(submissions).id
    tell("\(word) \(id)")
    _ = try ask(.job(id, command))
  }

  private func resolve() throws {
    let verdict = choices.pick([Resolution.failed, .succeeded])
    try onJob("resolve as \(verdict.name)", .resolve(verdict, reason: "a person decided"))
  }

  private func refund() throws {
    guard !submissions.isEmpty else { return }
    let id = choices.pick(submissions).id
    let amount = choices.below(2) == 0 ? nil : Credits(micros: 500_000)
    tell("refund \(id)")
    _ = try ask(.refund(Refund(job: id, amount: amount, reason: "asked for")))
  }

  private func pause() throws {
    let provider = choices.below(2) == 0 ? choices.pick(World.targets).provider : nil
    tell("pause \(provider ?? "all")")
    _ = try ask(.pause(Pause(provider: provider, account: nil, reason: "a look")))
  }

  private func setPolicy() throws {
    let (name, value) = choices.pick([
      ("public_url", "https://app.example"), ("public_url", nil), ("late_success", "charge"),
      ("late_success", nil), ("on_account_problem", "fail"), ("on_account_problem", nil),
    ])
    tell("\(name) = \(value ?? "nothing")")
    _ = try ask(.setPolicy(name: name, value: value))
  }

  /// The app hands over a webhook again, or one that it kept back.
  private func bringBack() throws {
    guard !kept.isEmpty else { return }
    try ingest(choices.pick(kept), "again")
  }

  private func setClock() {
    let seconds = choices.pick([Int64(90), -90, 3600, -3600, 86_400])
    tell("the clock is set by \(seconds) s")
    clock.set(by: seconds)
  }

  private func replay() throws {
    tell("replay")
    try demandEqualReplay()
  }

  private func die() {
    let stage = choices.pick(CommitStage.allCases)
    tell("the process dies (\(stage))")
    death.come(at: stage)
  }

  /// Messages that are due, and what becomes of them on the way.
  func carryPost() throws {
    for letter in providers.mail() {
      switch isCalm ? 0 : choices.below(8) {
      case 5: letter.settle(nil)
      case 6: post.append((letter, clock.elapsed + Int64(1 + choices.below(200)) * 1_000_000))
      case 7:
        post.append((letter, clock.elapsed + 1_000_000))
        try ingest(letter)
      default: try ingest(letter)
      }
    }
    let due = post.filter { $0.at <= clock.elapsed }
    post.removeAll { $0.at <= clock.elapsed }
    for (letter, _) in due { try ingest(letter, "late") }
  }

  private func ingest(_ letter: OfflineLetter, _ how: String = "") throws {
    guard let books else { return letter.settle(nil) }
    if kept.count < 50 { keep(letter) }
    guard let name = letter.url.split(separator: "/").last?.prefix(while: { $0 != "?" }),
      let profile = try? ProfileRegistry().profile(String(name))
    else { throw Violation("a webhook goes to \(letter.url)") }
    let check = try SignatureCheck(
      profile, in: home, now: clock.wall, environment: environment)
    let ingest = try WebhookIngest(books, profile, check)
    let message = WebhookMessage(
      headers: letter.headers.map { Reply.Header($0.name, $0.value) }, body: letter.body)
    let result: WebhookIngest.Result
    do {
      result = try ingest.take(message, url: letter.url)
    } catch {
      letter.settle(503)
      throw error
    }
    letter.settle(200)
    note { $0.notifications += 1 }
    tell("webhook \(how) for \(result.job ?? "nobody"): \(result.outcome.rawValue)")
    try look()
  }
}
