// The jobs a selector means, newest first.

extension Snapshot {
  /// Numbers of the jobs that `selector` means, newest first.
  /// - Parameters:
  ///   - after: only jobs with an event after this position.
  ///   - limit: at most so many, besides the selector's own limit.
  package mutating func jobs(
    _ selector: Selector, after: Position = 0, limit: Int = .max
  ) throws -> [SubjectNumber] {
    let bound = try BoundSelector(selector, &self)
    let limit = min(limit, selector.limit ?? .max)
    var found: [SubjectNumber] = []
    guard !bound.isEmpty, limit > 0 else { return found }
    // Where nothing is asked but how many, the newest ones are the answer.
    let isPlain = selector.isAboutAll && selector.until == nil && after == 0
    for number in try candidates(selector, limit: isPlain ? limit : .max) {
      guard let job = try views.job(number), selector.holds(at: job.submittedAt) else { continue }
      if after > 0, let subject = try views.subject(number), subject.last <= after { continue }
      guard try bound.matches(number, job, &self) else { continue }
      found.append(number)
      if found.count == limit { break }
    }
    return found
  }

  /// Whether `selector` means the job.
  package mutating func means(_ selector: Selector, _ number: SubjectNumber) throws -> Bool {
    guard let job = try views.job(number), selector.holds(at: job.submittedAt) else { return false }
    return try BoundSelector(selector, &self).matches(number, job, &self)
  }

  /// All jobs, or those in the states asked for, newest first.
  private func candidates(_ selector: Selector, limit: Int) throws -> [SubjectNumber] {
    guard selector.states.isEmpty else {
      var numbers: [SubjectNumber] = []
      for state in Set(selector.states) { numbers += try jobs(in: state) }
      return numbers.sorted(by: >)
    }
    var numbers: [SubjectNumber] = []
    try newestJobs { number, job in
      if let since = selector.since, let time = job.submittedAt, time < since { return false }
      numbers.append(number)
      return numbers.count < limit
    }
    return numbers
  }
}
