// The lane of the outputs: from the first look at one until it lies in the store.

import Wire

/// Outputs on their way into the store.
struct SavingLane: Sendable {
  private var begun: [UInt64: Timestamp] = [:]
  private var done: [LaneBar] = []
  private(set) var failures: [Timestamp] = []

  mutating func take(_ event: Event, _ at: Timestamp) {
    switch event {
    case .jobStoring(let body): begun[body.output] = begun[body.output] ?? at
    case .jobStored(let body): end(body.output, at)
    case .jobStoreFailed(let body):
      failures.append(at)
      end(body.output, at)
    default: break
    }
  }

  private mutating func end(_ output: UInt64, _ at: Timestamp) {
    guard let from = begun.removeValue(forKey: output) else { return }
    done.append(LaneBar(from: from, to: at, kind: .work))
  }

  func bars(until end: Timestamp) -> [LaneBar] {
    done + begun.sorted { $0.key < $1.key }.map { LaneBar(from: $0.value, to: end, kind: .going) }
  }
}
