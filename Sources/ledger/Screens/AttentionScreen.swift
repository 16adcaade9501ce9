// What needs a person, each with the command for it. It leads every board.

import CommandLine
import Ledger
import Wire

extension Screen {
  /// Sentences and commands, and an empty line below; nothing when all is well.
  mutating func attention(_ attention: Attention, _ session: Session) {
    let before = lines.count
    for jobs in attention.jobs { waiting(jobs, session) }
    if attention.isPollerMissing {
      sentence("no poller is running: open jobs stand still", .attention)
      next(session.command("poll"))
    }
    if let (free, floor) = attention.room {
      sentence(
        "the disk is below its floor: \(Human.count(free)) bytes free of \(Human.count(floor)); "
          + "nothing is written", .bad)
      next(session.command("doctor"))
    }
    for pause in attention.pauses {
      let names = [pause.provider, pause.account].compactMap { $0 }
      let scope = names.isEmpty ? "everything" : names.joined(separator: ", ")
      let reason = pause.reason.map { ": \($0)" } ?? ""
      sentence(
        "submission paused for \(scope) since position \(pause.position)\(reason)", .attention)
      next(session.command("unpause" + Screen.options(pause)))
    }
    if let hooks = attention.hooks {
      hookTrouble(hooks, session)
    } else {
      sentence("hooks are not told: config.json cannot be read", .attention)
      next(session.command("doctor"))
    }
    if lines.count > before { blank() }
  }

  /// `3 jobs are parked: a, b, c`, and where their stories are told.
  private mutating func waiting(_ jobs: Attention.Jobs, _ session: Session) {
    let (noun, verb) = jobs.count == 1 ? ("job", "is") : ("jobs", "are")
    let why =
      switch jobs.state {
      case .parked: "parked and \(jobs.count == 1 ? "waits" : "wait") for you"
      case .uncertain:
        "in doubt: nobody knows whether the provider has \(jobs.count == 1 ? "it" : "them")"
      default: "overdue"
      }
    let more = jobs.count - min(jobs.count, UInt64(jobs.ids.count))
    let names =
      jobs.ids.joined(separator: ", ") + (more > 0 ? " and \(Human.count(more)) more" : "")
    sentence("\(Human.count(jobs.count)) \(noun) \(verb) \(why): \(names)", .attention)
    let only = jobs.count == 1 ? jobs.ids.first : nil
    next(session.command("explain " + (only ?? "--state \(jobs.state.name)")))
  }

  private static func options(_ pause: Summary.Paused) -> String {
    (pause.provider.map { " --provider \($0)" } ?? "")
      + (pause.account.map { " --account \($0)" } ?? "")
  }
}
