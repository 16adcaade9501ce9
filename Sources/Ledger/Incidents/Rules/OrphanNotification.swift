// ORPHAN_NOTIFICATION: a message of the provider came before anybody had told of the job. One that
// still belongs to no job is in `Snapshot.incidents`.

import Wire

extension DiagnosisRule {
  /// A webhook may be faster than the answer to the submit by this much, seconds.
  static let orphanSeconds = 10.0

  static let orphanNotification = DiagnosisRule(
    "ORPHAN_NOTIFICATION", "a webhook of a job that nobody knew"
  ) { story in
    let joined = story.answers.filter { answer in
      guard let orphan = story.orphans.first(where: { $0.position == answer.cause }) else {
        return false
      }
      return orphan.position < story.job.submitted
        || answer.time.seconds(since: orphan.time) > orphanSeconds
    }
    guard let first = joined.first,
      let orphan = story.orphans.first(where: { $0.position == first.cause })
    else { return nil }
    return Proof(
      .certain, joined.flatMap { [$0.cause, $0.position] },
      """
      \(story.provider) told of it at \(Waiting.text(orphan.time)), when nobody had handed it in \
      here; the message was kept and read at \(Waiting.text(first.time)).
      """)
  }
}
