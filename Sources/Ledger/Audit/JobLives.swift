// A job's events are a word of the automaton, attempts counted 1, 2, 3, ... (PRODUCT, invariant 8).

import Wire

struct JobLives: AuditCheck {
  static let name = "automaton"

  private var attempts: [SubjectNumber: UInt64] = [:]

  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    for violation in group.violations {
      guard let event = group.event(at: violation.position) else { continue }
      note(
        event,
        "\(violation.event.name) cannot lead from \(violation.state.name) to "
          + violation.next.name, jobs, &findings)
    }
    for event in group.events {
      switch event.event {
      case .jobStepSucceeded: attempts[event.subject] = nil
      case .jobDispatchStarted(let body):
        let expected = (attempts[event.subject] ?? 0) + 1
        if body.attempt != expected {
          note(event, "attempt \(body.attempt) comes where \(expected) is next", jobs, &findings)
        }
        attempts[event.subject] = body.attempt
      default: break
      }
    }
  }

  private func note(
    _ event: RecordedEvent, _ message: String, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    findings.add(
      jobs.finding(
        job: event.subject, [event.position], at: event.time, nil, message,
        mend: "ledger timeline \(jobs.name(event.subject))"))
  }
}
