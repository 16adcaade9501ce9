// How much of the books is still open, and who is waited for.

extension Snapshot {
  /// Jobs that a poller would move: open, and not waiting for a person.
  package var movableJobs: UInt64 {
    JobState.allCases.filter { $0 != .none && $0 != .parked && !$0.isTerminal }
      .reduce(0) { $0 + totals.count($1) }
  }

  /// Providers of the books, in order of first appearance, and how many open jobs each has.
  package mutating func providersInUse() throws -> [(name: String, openJobs: Int)] {
    try totals.providers.map { (try providerName($0.provider), Int($0.open)) }
  }

  /// The oldest job with credits still reserved: one that is open, for whatever ends a job captures
  /// or releases them.
  package func oldestHold() throws -> (number: SubjectNumber, job: Job)? {
    var oldest: (number: SubjectNumber, job: Job)?
    for state in JobState.allCases where state != .none && !state.isTerminal {
      try jobs(in: state) { number in
        if let oldest, oldest.number < number { return false }
        let row = try views.source.row(.jobs, .number(number)) { Job($0) }
        guard let job = row, job.openHold > .zero else { return true }
        oldest = (number, job)
        return false
      }
    }
    return oldest
  }
}
