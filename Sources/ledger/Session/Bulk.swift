// One command for many jobs: the same selector as everywhere, said twice before anything happens.

import CommandLine
import Ledger
import Wire

/// A job command given to all jobs that a selector means.
struct Bulk {
  /// Jobs of one commit: it is atomic, short, and others get their turn in between.
  static let batchJobs = 256

  /// The command's name: `cancel`.
  let verb: String
  let command: JobCommand
  /// The states it is about when the selector names none.
  let states: [JobState]
  let session: Session

  /// Operand and options of a command on one job or many.
  static let operands = [Operand.optional("JOB", .identifier, "the job; or a selector")]
  static let options = [
    Option.flag("dry-run", "With a selector: list the jobs, change nothing"),
    Option.flag("yes", "With a selector: do it"),
  ]
  static let rules = [Rule.atMostOne(["dry-run", "yes"])]

  /// Which options say which jobs are meant.
  private static let selecting = [
    "account", "provider", "model", "state", "meta", "since", "until", "limit",
  ]

  /// True when the words name many jobs.
  /// - Throws: `Failure` when they name one job and many, or none.
  static func isMeant(by arguments: Arguments) throws(Failure) -> Bool {
    let given = selecting.filter(arguments.isGiven)
    let name = arguments.command.name
    guard arguments.string("JOB") != nil else {
      guard given.isEmpty else { return true }
      throw .usage(
        "JOB or a selector is needed", next: "ledger \(name) --state submitted --dry-run")
    }
    for option in given + ["dry-run", "yes"].filter(arguments.isGiven) {
      throw .usage("JOB and --\(option) cannot be given together", next: "ledger \(name) --help")
    }
    return false
  }

  func run(_ arguments: Arguments) throws -> ExitCode {
    var selector = try arguments.selector(now: session.now)
    if selector.states.isEmpty { selector.states = states }
    let now = session.now
    let numbers = try session.read { try Array($0.jobs(selector).reversed()) }
    if arguments.flag("dry-run") {
      for number in numbers {
        guard let status = try session.read({ try $0.status(number, now: now) }) else { continue }
        show(status.id, status.state, nil, "would be asked for \(verb)")
      }
      return finish(Tally(jobs: numbers.count), isDryRun: true)
    }
    guard arguments.flag("yes") else {
      throw Failure.usage(
        "\(Human.count(numbers.count)) jobs are meant; --yes to \(verb) them, --dry-run to list "
          + "them", next: "ledger \(verb) ... --dry-run")
    }
    return finish(try carryOut(numbers), isDryRun: false)
  }

  private struct Tally {
    var jobs = 0
    var done = 0
    var refused = 0
  }

  private func carryOut(_ numbers: [SubjectNumber]) throws -> Tally {
    var tally = Tally(jobs: numbers.count)
    var progress = Progress(verb, output: session.output)
    var rest = numbers[...]
    while !rest.isEmpty {
      let part = rest.prefix(Bulk.batchJobs)
      rest = rest.dropFirst(part.count)
      let ids = try session.read { snapshot in
        try part.map { try snapshot.subject($0)?.name.id ?? "" }
      }
      let results = try session.write(ids.map { .job($0, command) })
      for ((number, id), result) in zip(zip(part, ids), results) {
        switch result {
        case .success(let receipt):
          tally.done += 1
          let state = try session.read { try $0.job(number)?.state } ?? .none
          show(id, state, receipt, receipt.isRepeated ? "asked for before" : "done")
        case .failure(let refusal):
          tally.refused += 1
          session.output.warning(refusal.message)
        }
      }
      progress.update(tally.done + tally.refused, of: tally.jobs)
    }
    progress.finish()
    return tally
  }

  private func show(_ id: String, _ state: JobState, _ receipt: Receipt?, _ words: String) {
    guard session.output.settings.isJSON else {
      return session.output.line("\(id)  \(state.name)  \(words)")
    }
    session.output.json([
      "job": .string(id), "position": receipt.map { .int($0.position) } ?? .null,
      "state": .string(state.name), "repeated": .bool(receipt?.isRepeated ?? false),
    ])
  }

  /// Some refused, because they ended meanwhile or cannot be asked, is a conflict.
  private func finish(_ tally: Tally, isDryRun: Bool) -> ExitCode {
    if session.output.settings.isJSON {
      session.output.json([
        "command": .string(verb), "dry_run": .bool(isDryRun), "jobs": .int(tally.jobs),
        "done": .int(tally.done), "refused": .int(tally.refused),
      ])
    } else if isDryRun {
      session.output.line("\(Human.count(tally.jobs)) jobs; --yes to \(verb) them")
    } else {
      session.output.line(
        "\(Human.count(tally.done)) of \(Human.count(tally.jobs)) jobs"
          + (tally.refused > 0 ? ", \(Human.count(tally.refused)) refused" : ""))
    }
    return tally.refused == 0 ? .ok : .conflict
  }
}
