// A notification → a reading, by the same rules as a reply to a status request: nothing but a
// mapped terminal word or a rule of the profile is a verdict (PRODUCT, "A job's life", rule 1).

import Ledger
import Wire

extension Profile {
  /// What a notification says of a job, whoever sent it.
  package func readWebhook(
    _ message: WebhookMessage, for context: RequestContext
  ) -> ReplyReading {
    guard let content = content(of: message) else {
      var reading = ReplyReading()
      reading.replyClass = .transient
      reading.error = "the notification is not JSON"
      return reading
    }
    return readWebhook(message, content, for: context)
  }

  /// The same of content that was read already.
  package func readWebhook(
    _ message: WebhookMessage, _ content: WebhookContent, for context: RequestContext
  ) -> ReplyReading {
    let rule = webhook ?? WebhookRule()
    let reply = Reply(status: 200, headers: message.headers, body: message.body)
    let whole = content.json
    let inner = rule.payload.map { $0.values(in: whole).first ?? .null } ?? whole
    let state = rule.state ?? self.state
    let words = state.words(in: whole)
    let text = error.text(in: inner) ?? error.text(in: whole)
    let found = outputs(in: inner, context)
    let facts = ReplyFacts(
      reply: reply, json: whole, isJSON: true, words: words, errorText: text, outputs: found)
    let payload = ReplyFacts(
      reply: reply, json: inner, isJSON: true, words: words, errorText: text, outputs: found)
    var reading = ReplyReading()
    reading.errorType = error.type(of: payload)
    readFacts(.status, facts, context, &reading)
    reading.externalID = content.externalID
    if let known = context.handle.externalID, let told = content.externalID, told != known {
      reading.replyClass = .permanent
      reading.warnings.append("the notification is about another job than the one asked for")
      return reading
    }
    let told =
      rule.rules.first(for: facts) ?? rules.first(for: payload)
      ?? state.outcome(of: words, extra: [:]) ?? state.absent
    let outcome = settled(told, payload)
    apply(outcome, .status, payload, context, &reading)
    // A notification need not show outputs: whoever is asked next will.
    if outcome == .pending, told != .pending { reading.mustFetchResult = true }
    return reading
  }

  private func settled(_ told: Outcome, _ payload: ReplyFacts) -> Outcome {
    switch told {
    case .succeeded where payload.outputs.isEmpty: .pending
    case .failed where classes.first(for: payload) == .moderated: .moderated
    default: told
    }
  }
}
