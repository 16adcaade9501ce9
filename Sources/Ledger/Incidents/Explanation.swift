// What `explain` says of a job: the user's side, the provider's side, the money, and what to do.

package import Wire

/// A job's story in sentences (INTERFACES, "explain").
package struct Explanation: Sendable {
  package let job: String
  /// What those outside saw, as far as they said so.
  package let saw: String
  /// What happened between us and the provider.
  package let happened: String
  package let money: String
  package let diagnoses: [Diagnosis]
  /// What an open job waits for; nil when it ended.
  package let waitingFor: String?
  /// What to type next; nil: nothing needs to be done.
  package let next: String?

  /// The contract's fields in its order.
  package var json: JSON {
    [
      "job": .string(job), "saw": .string(saw), "happened": .string(happened),
      "money": .string(money), "diagnoses": .array(diagnoses.map(\.json)),
      "waiting_for": .text(waitingFor), "do": .text(next),
    ]
  }
}

extension Snapshot {
  /// The story of a job; nil when there is no such job.
  /// - Throws: errors of the books.
  package mutating func explanation(
    of number: SubjectNumber, now: Timestamp
  ) throws -> Explanation? {
    guard let status = try status(number, now: now) else { return nil }
    var outside = Outside()
    for position in try chain(of: number) {
      if let event = try log.event(at: position) { outside.take(event) }
    }
    return Explanation(
      job: status.id, saw: outside.sentence(status), happened: StorySoFar(status).sentence,
      money: MoneySentence(status).text, diagnoses: [], waitingFor: status.waitingFor,
      next: try next(number, status))
  }

  private mutating func next(_ number: SubjectNumber, _ status: JobStatus) throws -> String? {
    switch status.state {
    case .parked:
      try job(number)?.handle == 0
        ? "ledger track --id \(status.id) --external-id ID"
        : "ledger unpark \(status.id)"
    case .uncertain: "ledger track --id \(status.id) --external-id ID"
    case .overdue: "ledger check \(status.id)"
    default: nil
    }
  }
}
