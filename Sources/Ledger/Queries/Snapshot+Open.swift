// How much of the books is still open, and who is waited for.

extension Snapshot {
  /// Jobs that a poller would move: open, and not waiting for a person.
  package var movableJobs: UInt64 {
    JobState.allCases.filter { $0 != .none && $0 != .parked && !$0.isTerminal }
      .reduce(0) { $0 + totals.count($1) }
  }

  /// Providers of the books, in order of first appearance, and how many of the newest open jobs
  /// each has.
  /// - Parameter limit: open jobs looked at.
  package mutating func providersInUse(
    limit: Int
  ) throws -> [(name: String, openJobs: Int)] {
    var open: [UInt32: Int] = [:]
    var looked = 0
    for state in JobState.allCases where state != .none && !state.isTerminal {
      for number in try jobs(in: state, limit: limit - looked) {
        looked += 1
        if let job = try job(number) { open[job.provider, default: 0] += 1 }
      }
    }
    return try (0..<views.fold.board.providerCount).map {
      (try providerName($0 + 1), open[$0 + 1] ?? 0)
    }
  }
}
