// What was reserved is charged, given back or still held (PRODUCT, invariant 6): authorised =
// captured + released + open by line, refunded at most what was captured, and nothing is held for
// a job that has ended.

import Wire

struct HoldConservation: AuditCheck {
  static let name = "holds"

  private var holds = NumberTable<Hold>()

  mutating func look(
    at group: AuditGroup, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    var touched: [SubjectNumber] = []
    for posting in group.postings where posting.movement.touchesHold {
      move(posting, jobs, &findings)
      if !touched.contains(posting.event.subject) { touched.append(posting.event.subject) }
    }
    for event in group.events {
      switch event.event {
      case .jobSubmitted(let body): checkPrice(body, event, group, jobs, &findings)
      case .jobSucceeded, .jobFailed, .jobCanceled, .jobExpired:
        if !touched.contains(event.subject) { touched.append(event.subject) }
      default: break
      }
    }
    let last = group.events.last
    for number in touched {
      guard let job = jobs.job(number), job.state.isTerminal,
        let open = holds[number]?.open, open > .zero
      else { continue }
      findings.add(
        jobs.finding(
          job: number, [job.verdict, last?.position ?? job.verdict], at: last?.time, open,
          "the job \(job.state.past), and \(open) of its hold is still held",
          mend: "ledger adjust \(jobs.name(job.account)) \(open) --reason 'hold of "
            + "\(jobs.name(number))'"))
    }
  }

  private mutating func move(
    _ posting: AuditGroup.Posting, _ jobs: AuditJobs, _ findings: inout AuditFindings
  ) {
    let (event, movement) = (posting.event, posting.movement)
    let account = jobs.job(event.subject)?.account ?? 0
    if movement.account != account {
      note(posting, "another account than the job's, \(jobs.name(account))", jobs, &findings)
    }
    guard holds[event.subject, default: Hold()].apply(movement, at: event.position) else {
      note(posting, "takes what this hold's lines do not have", jobs, &findings)
      return
    }
  }

  private func checkPrice(
    _ body: JobSubmitted, _ event: RecordedEvent, _ group: AuditGroup, _ jobs: AuditJobs,
    _ findings: inout AuditFindings
  ) {
    let held = group.postings.first {
      $0.event.subject == event.subject && $0.movement.kind == .held
    }
    guard held?.movement.amount != body.hold else { return }
    let words = held.map { "\($0.movement.amount) is held" } ?? "nothing is held"
    findings.add(
      jobs.finding(
        job: event.subject, [event.position], at: event.time, body.hold,
        "the price is \(body.hold), \(words)",
        mend: "ledger timeline \(jobs.name(event.subject))"))
  }

  private func note(
    _ posting: AuditGroup.Posting, _ message: String, _ jobs: AuditJobs,
    _ findings: inout AuditFindings
  ) {
    findings.add(
      jobs.finding(
        posting, [posting.event.position], posting.movement.amount,
        "\(posting.event.event.type.name): \(message)",
        mend: "ledger timeline \(jobs.name(posting.event.subject))"))
  }
}
