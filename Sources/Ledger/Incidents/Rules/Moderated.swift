// MODERATED: the provider refused the content.

extension DiagnosisRule {
  static let moderated = DiagnosisRule("MODERATED", "refused for its content") { story in
    guard story.job.state == .failed, story.job.failureClass == .moderated,
      let verdict = story.verdict
    else { return nil }
    let said = story.events.last { event in
      guard event.position < verdict.position else { return false }
      switch event.event {
      case .jobPolled, .jobNotified, .jobDispatchRefused, .jobDispatched: return true
      default: return false
      }
    }
    let money =
      story.job.captured > .zero
      ? "the customer was charged \(story.job.captured) by the profile's rule"
      : "the customer paid nothing"
    return Proof(
      .certain, [said?.position ?? 0, verdict.position],
      """
      \(story.provider) refused the content at \(Waiting.text(verdict.time)): another input is \
      needed, the same one will be refused again; \(money).
      """)
  }
}
