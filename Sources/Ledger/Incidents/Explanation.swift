// What `explain` says of a job: what the user saw, what happened, the money, and what to do.

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
    guard let status = try status(number, now: now),
      let story = try story(of: number, now: now)
    else { return nil }
    let diagnoses = story.diagnoses
    return Explanation(
      job: status.id, saw: Saw(story).text, happened: Happened(story, status).text,
      money: Money(story).text, diagnoses: diagnoses, waitingFor: status.waitingFor,
      next: diagnoses.lazy.compactMap(\.next).first ?? story.usualCommand)
  }
}

extension Story {
  /// What a job without a diagnosis needs a person for; nil: nothing.
  var usualCommand: String? {
    switch job.state {
    case .parked:
      job.flags.contains(.hasHandle) || job.attempts == 0
        ? command("unpark").text : attachCommand(externalID: nil)
    case .uncertain where lateSeconds != nil: pollCommand
    case .overdue: command("check").text
    case .submitted where pause != nil: NextCommand("unpause").text
    case .submitted, .dispatched, .running: lateSeconds == nil ? nil : pollCommand
    default: nil
    }
  }
}
