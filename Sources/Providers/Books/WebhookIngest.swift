// The way of a notification into the books: is it the provider's, what does it say, whose is it.
// The answer comes once what follows is durable. `ledger webhook ingest` and the server are both
// this.

package import Ledger
import Wire

/// Takes notifications of one provider at one moment: made anew for each, for time passes and keys
/// change.
package struct WebhookIngest {
  package enum Outcome: String, Sendable {
    case applied, duplicate, orphaned, rejected
    /// It cannot be believed, or is no verdict: the provider is asked.
    case triggeredCheck = "triggered_check"
    /// The provider tries the address: its word is to be echoed.
    case challenge
  }

  /// What became of one notification.
  package struct Result: Sendable, Equatable {
    package var outcome: Outcome
    package var job: String?
    package var state: JobState?
    package var verified = false
    /// In words, without secrets: why it was not believed.
    package var reason: String?
    package var rejection: Rejection?
    /// Last of the group that was written, or that makes this one needless; 0: none.
    package var position: Position = 0
    /// False when nothing was written.
    package var isRecorded = false
    package var challenge: String?
  }

  /// A notification with the address it came to.
  package struct Delivery: Sendable {
    package var message: WebhookMessage
    package var url: String?

    package init(_ message: WebhookMessage, url: String? = nil) {
      self.message = message
      self.url = url
    }
  }

  private let books: Books
  private let profile: Profile
  private let check: SignatureCheck
  private let key: WebhookKey?
  private let by: String?

  /// - Parameters:
  ///   - check: what signatures are checked with.
  ///   - by: who handed the notification over, when it was not the provider.
  package init(
    _ books: Books, _ profile: Profile, _ check: SignatureCheck, by: String? = nil
  ) throws {
    self.books = books
    self.profile = profile
    self.check = check
    self.by = by
    key = try WebhookKey.existing(in: books.home)
  }

  /// - Returns: once everything that follows is durable.
  /// - Throws: `BooksError`, when nothing was written: the provider should send it again.
  @available(*, noasync)
  package func take(_ message: WebhookMessage, url: String? = nil) throws -> Result {
    try take([Delivery(message, url: url)])[0]
  }

  /// Several, in one commit, in order.
  @available(*, noasync)
  package func take(_ deliveries: [Delivery]) throws -> [Result] {
    let letters = try books.read { snapshot in
      try deliveries.map { try read($0, &snapshot) }
    }
    let commands = letters.compactMap(\.command)
    let answered = try books.append(commands)
    let repetitions = zip(commands, answered).compactMap { repetition($0, $1) }
    if !repetitions.isEmpty { _ = try books.append(repetitions) }
    var answers = answered[...]
    return try books.read { snapshot in
      try letters.map { letter in
        guard letter.command != nil, let answer = answers.popFirst() else { return letter.result }
        return try settle(letter, answer, &snapshot)
      }
    }
  }

  /// A notification on its way.
  private struct Letter {
    var command: Command?
    var result: Result
    var asksForLook = false
  }

  private func read(_ delivery: Delivery, _ snapshot: inout Snapshot) throws -> Letter {
    let message = delivery.message
    guard message.body.count <= Limits.replyBytes else {
      return reject(message, .tooLarge, "it is larger than \(Limits.replyBytes) bytes")
    }
    guard message.headers.count <= WebhookMessage.headersMax else {
      return reject(message, .malformed, "it has too many headers")
    }
    let rule = profile.webhook?.signature ?? .none
    let verdict = check.verdict(message, by: rule)
    var result = Result(outcome: .rejected, verified: verdict.isVerified)
    switch verdict {
    case .verified: break
    case .unverified(let reason): result.reason = reason
    case .rejected(let rejection, let reason): return reject(message, rejection, reason)
    }
    guard let content = profile.content(of: message) else {
      return reject(message, .malformed, "its body is not JSON", result)
    }
    if let challenge = content.challenge {
      result.outcome = .challenge
      result.challenge = challenge
      return Letter(result: result)
    }
    let named = delivery.url.flatMap { key?.job(in: $0, provider: profile.name) }
    guard content.externalID != nil || named != nil else {
      return reject(message, .malformed, "it names no job", result)
    }
    let context = try context(content, named, &snapshot)
    let reading = profile.readWebhook(message, content, for: context)
    let notification = Notification(
      reading, message, content, named: named, of: context, profile: profile,
      verified: verdict.isVerified)
    let command = Command(
      .notify(notification), actor: .webhook, by: by, key: content.deliveryID)
    return Letter(command: command, result: result, asksForLook: notification.asksForLook)
  }

  /// Notes that a message about the end came once more; nil for every other one.
  private func repetition(
    _ command: Command, _ answer: Swift.Result<Receipt, Refusal>
  ) -> Command? {
    guard case .success(let receipt) = answer, receipt.isRepeated,
      case .notify(let message) = command.action, message.isVerified,
      [.succeeded, .failed, .canceled].contains(message.observation.reading),
      let first = receipt.events.first(where: { $0.event.type == .jobNotified }),
      first.envelope.key?.key == command.key
    else { return nil }
    return Command(.notify(message), actor: .webhook, by: by, cause: first.position)
  }

  private func reject(
    _ message: WebhookMessage, _ rejection: Rejection, _ reason: String, _ result: Result? = nil
  ) -> Letter {
    var result = result ?? Result(outcome: .rejected)
    result.rejection = rejection
    result.reason = reason
    let rejected = RejectedNotification(
      provider: profile.name, reason: rejection, body: message.body)
    return Letter(command: Command(.reject(rejected), actor: .webhook, by: by), result: result)
  }

  /// What is known of the job that the message seems to be about.
  private func context(
    _ content: WebhookContent, _ named: Ledger.Notification.NamedJob?, _ snapshot: inout Snapshot
  ) throws -> RequestContext {
    let owner = try content.externalID.flatMap {
      try snapshot.recipient(provider: profile.name, externalID: $0)?.job
    }
    if let number = try owner ?? named.flatMap({ try snapshot.jobNumber($0.id) }),
      let details = try snapshot.details(number)
    {
      var context = RequestContext(details, now: check.now)
      // Whose message it is, the books decide; here it is only read.
      context.handle.externalID = nil
      return context
    }
    return RequestContext(jobID: named?.id ?? "unknown")
  }

  private func settle(
    _ letter: Letter, _ answer: Swift.Result<Receipt, Refusal>, _ snapshot: inout Snapshot
  ) throws -> Result {
    var result = letter.result
    guard case .success(let receipt) = answer else {
      if case .failure(let refusal) = answer { result.reason = refusal.message }
      result.rejection = result.rejection ?? .malformed
      return result
    }
    result.position = receipt.position
    result.isRecorded = !receipt.isRepeated
    if result.rejection != nil { return result }
    let types = Set(receipt.events.map(\.event.type))
    let isOrphan = types.contains(.notificationOrphaned)
    var isOver = false
    if let event = receipt.events.first(where: { $0.event.type.subjectKind == .job }),
      let subject = try snapshot.subject(event.subject)
    {
      result.job = subject.name.id
      let job = try snapshot.job(event.subject)
      result.state = job?.state
      isOver = job.map { $0.state.isTerminal && $0.nextAt == nil } ?? false
    }
    let key = receipt.events.first?.envelope.key
    if receipt.isRepeated, key != nil, key?.key == letter.command?.key,
      key?.scope.hasPrefix("webhook:") == true
    {
      result.outcome = .duplicate
    } else if isOrphan {
      result.outcome = .orphaned
    } else if result.verified ? receipt.isRepeated : isOver {
      result.outcome = .duplicate
    } else {
      result.outcome = result.verified && !letter.asksForLook ? .applied : .triggeredCheck
    }
    return result
  }
}
