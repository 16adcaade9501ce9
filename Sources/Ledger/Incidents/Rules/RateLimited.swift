// RATE_LIMITED: the provider wants fewer requests. The job is not lost for that.

import Wire

extension DiagnosisRule {
  static let rateLimited = DiagnosisRule(
    "RATE_LIMITED", "too many requests: told to come later"
  ) { story in
    var limited: [RecordedEvent] = []
    for event in story.events {
      switch event.event {
      case .jobDispatchRefused(let body) where body.class == .rateLimited: limited.append(event)
      case .jobPolled(let body) where body.class == .rateLimited: limited.append(event)
      default: break
      }
    }
    guard let first = limited.first, let last = limited.last else { return nil }
    let isLast = story.isOpen && story.job.answer == last.position
    let until = story.job.nextAt.map { " at \(Waiting.text($0))" } ?? ""
    return Proof(
      .certain, limited.map(\.position),
      """
      \(story.provider) refused \(Spoken.times(limited.count)) from \(Waiting.text(first.time)) on \
      because we ask too often; \
      \(isLast ? "the next attempt is due\(until)" : "it was taken later").
      """,
      next: isLast && story.lateSeconds != nil && story.pause == nil ? story.pollCommand : nil)
  }
}
