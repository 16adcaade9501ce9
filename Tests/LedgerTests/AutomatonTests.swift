// The automaton: the table in schemas/, the code made from it, and what decisions really do.

import Foundation
@testable import Ledger
import Support
import Testing
import Wire

/// schemas/automaton.json, read here independently of the tool that writes the Swift table.
struct AutomatonTable {
  struct Cell: Hashable, Comparable, CustomStringConvertible {
    let state: String
    let event: String
    var description: String { "\(state) × \(event)" }
    static func < (left: Cell, right: Cell) -> Bool { left.description < right.description }
  }

  let cells: [Cell: Set<String>]
  /// Events that no decision writes yet: the table says which issue brings them.

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let data = try Data(contentsOf: root.appending(path: "schemas/automaton.json"))
    let json = try JSON(parsing: Array(data))
    func words(_ value: JSON?) -> [String] { value?.array?.compactMap(\.string) ?? [] }
    var cells: [Cell: Set<String>] = [:]
    for row in json["transitions"]?.array ?? [] {
      let event = try #require(row["event"]?.string)
      for name in words(row["from"]) {
        let members = words(json["groups"]?[name])
        for state in members.isEmpty ? [name] : members {
          let to = words(row["to"])
          cells[Cell(state: state, event: event), default: []].formUnion(
            to == ["same"] ? [state] : to)
        }
      }
    }
    self.cells = cells
  }
}

@Suite("The automaton") struct AutomatonTests {
  private static let jobEvents = EventType.allCases.filter { $0.name.hasPrefix("job.") }

  @Test("the code's table is the schema's table, cell by cell")
  func sameTable() throws {
    let table = try AutomatonTable()
    #expect(table.cells.count > 100)
    for state in JobState.allCases {
      for event in EventType.allCases {
        let expected = table.cells[.init(state: state.name, event: event.name)] ?? []
        #expect(
          Set(Automaton.next(state, event).map(\.name)) == expected,
          "\(state.name) × \(event.name)")
      }
    }
  }

  @Test("evolve refuses every event that the table does not have in a state")
  func refusesTheRest() throws {
    let table = try AutomatonTable()
    var refused = 0
    for state in JobState.allCases {
      for type in AutomatonTests.jobEvents {
        var job = Job()
        job.state = state
        job.stateBeforeParking = .running
        let event = recorded(try #require(Event.blank(type)), at: 9)
        if let next = table.cells[.init(state: state.name, event: type.name)] {
          try job.evolve(event)
          #expect(next.contains(job.state.name), "\(state.name) × \(type.name)")
        } else {
          #expect(throws: JobError.self, "\(state.name) × \(type.name)") { try job.evolve(event) }
          #expect(job.state == state)
          refused += 1
        }
      }
    }
    #expect(refused > 100)
  }

  @Test("terminal states are left by recovery and nothing else")
  func terminalAbsorbs() throws {
    for (cell, next) in try AutomatonTable().cells where cell.event != "job.recovered" {
      let states = JobState.allCases.filter(\.isTerminal).map(\.name)
      if states.contains(cell.state) && cell.event != "job.storing" {
        #expect(next == [cell.state], "\(cell)")
      }
    }
  }

  @Test("every cell is reached by decisions, and no other")
  func reached() throws {
    var walk = AutomatonWalk(seed: 1)
    try walk.run(jobs: 12_000, commands: 16)
    let all = Set(try AutomatonTable().cells.keys)
    print("\(walk.reached.count) of \(all.count) cells of the automaton reached by decisions")
    #expect(all.subtracting(walk.reached).sorted() == [])
    #expect(walk.reached.subtracting(all).sorted() == [])
  }
}

/// Random commands on jobs through the pure decisions, noting every cell that is passed.
private struct AutomatonWalk {
  private var random: SplitMix64
  private(set) var reached: Set<AutomatonTable.Cell> = []

  init(seed: UInt64) { random = SplitMix64(seed: seed) }

  mutating func run(jobs: Int, commands: Int) throws {
    for _ in 0..<jobs {
      var job = Job()
      var submitted = JobSubmitted(provider: "p")
      submitted.steps = Bool.random(using: &random) ? 2 : 1
      submitted.holdExpires = Timestamp(microseconds: 50)
      submitted.patienceMilliseconds = 0
      try pass([.event(.jobSubmitted(submitted))], &job, at: 1)
      if Int.random(in: 0..<8, using: &random) == 0 {
        try pass([.event(.jobDispatched(JobDispatched(via: .track)))], &job, at: 1)
      }
      for number in 0..<commands {
        let now = Timestamp(microseconds: Int64(number * 10))
        var context = JobContext(now: now, id: "j", provider: "p")
        context.owner = Int.random(in: 0..<12, using: &random) == 0 ? 99 : nil
        context.storesOutputs = Bool.random(using: &random)
        context.capturesOnStored = context.storesOutputs && Bool.random(using: &random)
        let command = self.command(now)
        guard case .steps(let steps)? = try? job.decide(command, context) else { continue }
        try pass(steps, &job, at: UInt64(number + 2))
      }
    }
  }

  private mutating func pass(_ steps: [JobStep], _ job: inout Job, at position: Position) throws {
    for case .event(let event, let nextAt) in steps {
      reached.insert(.init(state: job.state.name, event: event.type.name))
      try job.evolve(recorded(event, at: position, step: UInt64(job.step), nextAt: nextAt))
    }
  }

  private mutating func command(_ now: Timestamp) -> JobCommand {
    let key = Bool.random(using: &random) ? "k" : nil
    let own = Int.random(in: 0..<3, using: &random) == 0 ? "own" : nil
    let later = Bool.random(using: &random) ? now : nil
    let handle = FoundHandle(externalID: "x", patienceMilliseconds: 0)
    let output = UInt64.random(in: 0...1, using: &random)
    switch Int.random(in: 0..<21, using: &random) {
    case 18: return .deliver(.init(channel: .hook))
    case 19: return .deliver(.init(channel: .hook, failure: .init(httpStatus: 500)))
    case 20: return .report(.init(kind: "seen"))
    case 0, 1: return .startDispatch(.init(externalID: own, idempotencyKey: key, nextAt: now))
    case 2, 3: return .accept(.init(via: .submit, handle: handle, nextAt: now))
    case 4: return .doubt(.init(fault: .timeout, exchange: .init(), reconcileAt: later, advice: ""))
    case 5: return .refuse(.init(replyClass: .transient, exchange: .init(), retryAt: later))
    case 6: return .cancel(reason: nil)
    case 7: return .check(reason: nil)
    case 8: return .park(.operator, message: "")
    case 9: return .unpark(reason: nil)
    case 14: return .startStore(nextAt: now)
    case 15:
      return .stored(.init(output: output, store: "s", key: "k", bytes: 1, sha256: []))
    case 16: return .storeFailed(.init(output: output, replyClass: .transient, retryAt: later))
    case 17 where Int.random(in: 0..<3, using: &random) == 0:
      return .resolve(Bool.random(using: &random) ? .succeeded : .failed, reason: nil)
    case 10 where Int.random(in: 0..<3, using: &random) == 0: return .expire()
    default: return .observe(observation(now))
    }
  }

  private mutating func observation(_ now: Timestamp) -> Observation {
    let sources: [Observation.Source] = [
      .poll(.status), .poll(.cancel), .notification(.webhook, id: nil, verified: true),
      .notification(.webhook, id: nil, verified: false),
      .notification(.sse, id: nil, verified: true),
    ]
    let readings: [Reading] = [.pending, .pending, .unknown, .succeeded, .failed, .canceled]
    var seen = Observation(
      source: sources.randomElement(using: &random)!,
      reading: readings.randomElement(using: &random)!, nextAt: now)
    if Bool.random(using: &random) { seen.fraction = UInt64.random(in: 0...10, using: &random) }
    if Bool.random(using: &random) { seen.outputs = [.init(url: "u"), .init(url: "v")] }
    return seen
  }
}

/// An event as if it stood in a log.
private func recorded(
  _ event: Event, at position: Position, step: UInt64 = 0, nextAt: Timestamp? = nil
) -> RecordedEvent {
  var envelope = Envelope()
  envelope.step = step
  envelope.nextAt = nextAt
  let header = RecordHeader(
    type: event.type.rawValue, version: 1, flags: [],
    time: Timestamp(microseconds: Int64(position)), subject: 1, previous: 0)
  return RecordedEvent(
    position: position, header: header, envelope: envelope, event: event, hash: .zero)
}

extension Event {
  /// A job event with nothing in it.
  fileprivate static func blank(_ type: EventType) -> Event? {
    switch type {
    case .jobSubmitted: .jobSubmitted(.init())
    case .jobDispatchStarted: .jobDispatchStarted(.init())
    case .jobDispatched: .jobDispatched(.init())
    case .jobDispatchUncertain: .jobDispatchUncertain(.init())
    case .jobDispatchRefused: .jobDispatchRefused(.init())
    case .jobPolled: .jobPolled(.init())
    case .jobNotified: .jobNotified(.init())
    case .jobProgressed: .jobProgressed(.init())
    case .jobStepSucceeded: .jobStepSucceeded(.init())
    case .jobSucceeded: .jobSucceeded(.init())
    case .jobFailed: .jobFailed(.init())
    case .jobCancelRequested: .jobCancelRequested(.init())
    case .jobCanceled: .jobCanceled(.init())
    case .jobOverdue: .jobOverdue(.init())
    case .jobExpired: .jobExpired(.init())
    case .jobRecovered: .jobRecovered(.init())
    case .jobCheckRequested: .jobCheckRequested(.init())
    case .jobParked: .jobParked(.init())
    case .jobUnparked: .jobUnparked(.init())
    case .jobResolved: .jobResolved(.init())
    case .jobStoring: .jobStoring(.init())
    case .jobStored: .jobStored(.init())
    case .jobStoreFailed: .jobStoreFailed(.init())
    case .jobDelivered: .jobDelivered(.init())
    case .jobDeliveryFailed: .jobDeliveryFailed(.init())
    case .jobClientReported: .jobClientReported(.init())
    default: nil
    }
  }
}
