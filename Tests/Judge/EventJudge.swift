// The invariants that can be seen in the events alone (PRODUCT.md): whoever lets the books write
// something asks this judge, which knows nothing of views.

package import Ledger
import Wire

/// What the events say that they must not.
package struct Violation: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// - Throws: `Violation` unless `holds`.
package func demand(_ holds: Bool, _ what: @autoclosure () -> String) throws(Violation) {
  if !holds { throw Violation(what()) }
}

/// Looks at every group as it is written.
package struct EventJudge {
  package init() {}

  /// Which types were written.
  package private(set) var types: Set<EventType> = []
  /// The newest position.
  package private(set) var position: Position = 1
  private var time = Timestamp(microseconds: 0)
  /// Each subject's newest event; the ledger itself wrote position 1.
  private var last: [SubjectNumber: Position] = [1: 1]
  /// Each job's state.
  package private(set) var states: [SubjectNumber: JobState] = [:]
  private var attempts: [SubjectNumber: UInt64] = [:]
  private var before: [SubjectNumber: JobState] = [:]
  /// Each job's step, from 0.
  private var steps: [SubjectNumber: UInt64] = [:]
  /// Completed steps that may be charged for themselves: job.step_succeeded → not charged yet.
  private var earned: [Position: SubjectNumber] = [:]
  /// Available and held of customers, revenue, and so on: the chart of accounts, in micro-credits.
  package private(set) var chart: [String: Int64] = [:]
  /// The same by what the books themselves say that each event posts.
  package private(set) var posted: [ChartAccount: Int64] = [:]
  /// Which event was written in which state.
  package private(set) var cells: Set<String> = []

  /// Events of one or more whole groups.
  /// - Throws: `Violation`.
  package mutating func judge(_ events: [RecordedEvent]) throws {
    var group: [RecordedEvent] = []
    for event in events {
      try judge(event)
      try demand(
        event.header.flags.contains(.first) == group.isEmpty, "a group has one beginning")
      group.append(event)
      if event.header.flags.contains(.last) {
        try judgeMoney(group)
        group = []
      }
    }
    try demand(group.isEmpty, "a group has an end")
  }

  private mutating func judge(_ event: RecordedEvent) throws {
    try demand(event.position == position + 1, "positions have no gap")
    position = event.position
    types.insert(event.event.type)
    try demand(event.time >= time, "recorded time never goes back")
    time = event.time
    try demand(event.header.previous == last[event.subject] ?? 0, "subjects form one chain")
    try demand(
      (event.envelope.subject != nil) == (last[event.subject] == nil),
      "a subject's first event, and no other, names it")
    last[event.subject] = event.position
    if event.event.type.name.hasPrefix("job.") { try judgeState(event) }
  }

  /// Invariant 8: a word of the table; attempts count 1, 2, 3, ...
  private mutating func judgeState(_ event: RecordedEvent) throws {
    let state = states[event.subject] ?? .none
    let next = Automaton.next(state, event.event.type)
    try demand(!next.isEmpty, "\(event.event.type.name) in \(state.name)")
    cells.insert("\(state.name) × \(event.event.type.name)")
    if case .jobDispatchStarted(let body) = event.event {
      try demand(
        body.attempt == attempts[event.subject, default: 0] + 1, "attempts count 1, 2, 3")
      attempts[event.subject] = body.attempt
    }
    if case .jobDispatched = event.event { steps[event.subject] = event.envelope.step }
    if case .jobStepSucceeded(let body) = event.event {
      try demand(
        event.envelope.step == steps[event.subject] ?? 0, "the step that runs is the one that ends")
      steps[event.subject, default: 0] += 1
      attempts[event.subject] = nil
      if body.chargeCompleted == true { earned[event.position] = event.subject }
    }
    var job = Job()
    job.step = UInt32(steps[event.subject] ?? 0)
    job.state = state
    job.stateBeforeParking = before[event.subject] ?? .none
    try job.evolve(event)
    states[event.subject] = job.state
    before[event.subject] = job.stateBeforeParking
  }

  /// Invariants 4 and 7: lines make the amount; verdict and money are one group.
  private mutating func judgeMoney(_ group: [RecordedEvent]) throws {
    for event in group {
      if let amount = event.event.amount, let lines = event.event.lines {
        try demand(lines.total == amount, "\(event.event.type.name): lines and amount")
        let sign = amount.micros.signum()
        try demand(
          lines.allSatisfy { $0.amount.micros.signum() == sign && sign != 0 },
          "\(event.event.type.name): the signs of its lines")
      }
      post(event.event)
      for posting in event.postings { posted[posting.account, default: 0] += posting.amount.micros }
    }
    let sum = group.flatMap(\.postings).reduce(0) { $0 + $1.amount.micros }
    try demand(sum == 0, "the postings of every group sum to zero")
    let types = group.map(\.event.type)
    for (index, event) in group.enumerated() {
      switch event.event {
      case .creditCaptured(let body) where earned[body.evidence] == event.subject:
        earned[body.evidence] = nil  // once, and only with an end that is no success
        let ends: [EventType] = [.jobFailed, .jobCanceled, .jobExpired]
        try demand(
          ends.contains { types.contains($0) },
          "a completed step is charged for with the job's end")
        try demand(
          !types.contains(.jobSucceeded), "a success charges the job, and no single step")
      case .creditCaptured(let body): try judgeEvidence(body.evidence, group, index)
      case .creditReleased(let body): try judgeEvidence(body.evidence, group, index)
      case .jobSucceeded:
        try demand(types.contains(.creditCaptured), "a success and its charge are one group")
      case .jobFailed, .jobCanceled, .jobExpired:
        try demand(
          types.contains(.creditCaptured) || types.contains(.creditReleased),
          "\(event.event.type.name) and its money are one group")
      case .jobSubmitted:
        try demand(types.contains(.creditHeld), "a job and its hold are one group")
      default: break
      }
    }
  }

  /// The verdict stands before the money, in the same group.
  private func judgeEvidence(
    _ evidence: Position, _ group: [RecordedEvent], _ index: Int
  ) throws {
    guard let verdict = group[..<index].first(where: { $0.position == evidence }) else {
      throw Violation("\(group[index].position): its evidence is not before it in its group")
    }
    let verdicts: Set<EventType> = [
      .jobSucceeded, .jobFailed, .jobCanceled, .jobExpired, .jobRecovered,
    ]
    try demand(
      verdicts.contains(verdict.event.type), "\(verdict.event.type.name) is evidence of nothing")
    if case .creditReleased = group[index].event { return }
    try demand(verdict.event.type != .jobExpired, "nothing is captured for a hold's end")
  }

  private mutating func post(_ event: Event) {
    func move(_ amount: Credits, from: String, to: String) {
      chart[from, default: 0] -= amount.micros
      chart[to, default: 0] += amount.micros
    }
    switch event {
    case .creditGranted(let body): move(body.amount, from: "issued", to: "available")
    case .creditHeld(let body): move(body.amount, from: "available", to: "held")
    case .creditCaptured(let body): move(body.amount, from: "held", to: "revenue")
    case .creditReleased(let body): move(body.amount, from: "held", to: "available")
    case .creditExpired(let body): move(body.amount, from: "available", to: "expired")
    case .creditRefunded(let body): move(body.amount, from: "revenue", to: "available")
    case .creditAdjusted(let body): move(body.amount, from: "adjustments", to: "available")
    case .jobRecovered(let body):
      move(body.writtenOff ?? .zero, from: "write-off", to: "revenue")
    default: break
    }
  }
}
