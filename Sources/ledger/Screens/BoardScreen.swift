// The board: what needs a person, many jobs, a line each, and below how things stand altogether.

import CommandLine
import Ledger
import Wire

/// What the board shows, read at one position.
struct BoardContent {
  var jobs: [JobStatus]
  /// More jobs than are shown.
  var hasMore = false
  var summary: Summary
  /// Whether jobs were chosen by a selector.
  var isSelected: Bool
  var attention: Attention
}

extension Screen {
  /// Jobs on a board when `--limit` does not say.
  static let boardJobs = 40

  mutating func board(_ content: BoardContent, _ session: Session) {
    attention(content.attention, session)
    guard !content.jobs.isEmpty else {
      line(content.isSelected ? "no such job" : "no jobs yet")
      footer(content.summary)
      if !content.isSelected { next(session.command("submit --help")) }
      return
    }
    table(content.jobs)
    if content.hasMore {
      line(style.dim("more jobs: \(session.command("status --limit 1000"))"))
    }
    footer(content.summary)
  }

  /// The jobs as they were at a position.
  mutating func pastBoard(_ jobs: [JobStatus], asOf position: Position, head: Position) {
    if !jobs.isEmpty { table(jobs) }
    line("\(jobs.count) jobs as of position \(position) · head \(head)")
  }

  private mutating func table(_ jobs: [JobStatus]) {
    var table = TextTable([
      .init("JOB", max: 24, min: 12), .init("STATE", min: 9), .init("ACCOUNT", max: 20, min: 6),
      .init("PROVIDER", max: 16, min: 6), .init("DONE", .right), .init("HELD", .right),
      .init("UPDATED", min: 8), .init("NEXT", min: 6),
    ])
    for status in jobs {
      table.append([
        .init(status.id), .init(status.state.name, Screen.tone(status.state)),
        .init(status.account), .init(status.provider),
        .init(status.state.isTerminal ? "" : Screen.progress(status) ?? ""),
        .init(status.held == .zero ? "" : Human.grouped(status.held.description)),
        .init(status.updatedAt.map { Human.relative($0, now: now) } ?? ""),
        .init(next(status)),
      ])
    }
    self.table(table)
  }

  /// The column NEXT: when the poller looks again, or that it does not.
  private func next(_ status: JobStatus) -> String {
    if status.state.isTerminal { return "" }
    if status.state == .parked { return "a person" }
    if status.waitingFor?.hasPrefix("submission paused") == true { return "paused" }
    guard let time = status.nextPollAt else { return "" }
    return time <= now ? "due" : Human.relative(time, now: now)
  }

  /// `3 jobs: 1 running, 2 succeeded · 5 held · head 42`.
  /// - Parameter listsStates: false where the states stand above.
  mutating func footer(_ summary: Summary, listsStates: Bool = true) {
    blank()
    let states = JobState.allCases.filter { $0 != .none && summary.totals.count($0) > 0 }
    let all = states.reduce(UInt64(0)) { $0 + summary.totals.count($1) }
    let jobs = "\(Human.count(all)) \(all == 1 ? "job" : "jobs")"
    var parts = [jobs + (listsStates && all > 0 ? ":" : "")]
    if listsStates {
      for state in states {
        let comma = state == states.last ? "" : ","
        parts.append("\(Human.count(summary.totals.count(state))) \(state.name)\(comma)")
      }
    }
    let held = Human.grouped(summary.totals.held.description)
    parts += ["· \(held) held", "· head \(summary.head)"]
    wrap(parts)
  }

  /// The summary alone.
  mutating func summary(_ summary: Summary, _ attention: Attention, _ session: Session) {
    self.attention(attention, session)
    var table = TextTable([.init("STATE"), .init("JOBS", .right)])
    for state in JobState.allCases where state != .none && summary.totals.count(state) > 0 {
      table.append([
        .init(state.name, Screen.tone(state)), .init(Human.count(summary.totals.count(state))),
      ])
    }
    if !table.isEmpty { self.table(table) }
    let totals = summary.totals
    field("held", Human.grouped(totals.held.description))
    field("captured", Human.grouped(totals.captured.description))
    field("released", Human.grouped(totals.released.description))
    footer(summary, listsStates: false)
  }
}
