// What submit and track share: ids for jobs that have none, and waiting for a verdict.

import CommandLine
import Ledger
import Wire

extension Session {
  /// An id for a new job. A key's repetition must name the same job.
  func id(forKey key: String?) throws -> String {
    guard let key else { return JobID.random() }
    return JobID.derived(from: key, ledgerID: try books().meta.ledgerID)
  }

  /// Waits until the job has ended and shows it.
  /// - Returns: ok when it succeeded, else no.
  func wait(for id: String) throws -> ExitCode {
    if !home.isPollerActive {
      output.warning("no poller is running: nothing moves before \"\(command("poll"))\" does")
    }
    var head: Position = 0
    while true {
      let moment = now
      let (position, status) = try read { snapshot in
        (snapshot.head, try snapshot.status(job: id, now: moment))
      }
      guard let status else { return .notFound }
      if status.state.isTerminal {
        show(status, head: position)
        return status.state == .succeeded ? .ok : .no
      }
      head = position
      try waitForNews(after: head)
    }
  }

  /// One job on standard output.
  func show(_ status: JobStatus, head: Position) {
    if output.settings.isJSON {
      output.json(status.json)
    } else {
      var screen = Screen(output, now: now)
      screen.job(status, head: head, self)
      output.lines(screen.lines)
    }
  }

  /// There is no such job.
  static func unknownJob(_ id: String) -> Failure {
    Failure(.notFound, "not_found", "there is no job \(id)", next: "ledger status")
  }

  /// There is no such account.
  static func unknownAccount(_ id: String) -> Failure {
    Failure(.notFound, "not_found", "there is no account \(id)", next: "ledger accounts")
  }
}
