// What a notification is to the books.

package import Ledger

extension Ledger.Notification {
  /// - Parameters:
  ///   - context: what was known of the job when the message was read.
  ///   - verified: its body's signature verified.
  package init(
    _ reading: ReplyReading, _ message: WebhookMessage, _ content: WebhookContent,
    named: NamedJob? = nil, of context: RequestContext, profile: Profile, verified: Bool
  ) {
    var context = context
    if let named { context.step = Int(clamping: named.step) + 1 }
    // A body nobody vouches for is kept only while it is small: a stranger may have sent it.
    let isKept = verified || message.body.count <= Limits.inputBytes
    var observation = Observation(
      reading, to: .status, exchange: Exchange(reply: isKept ? message.body : nil),
      billing: profile.billing, nextAt: nil)
    observation.source = .notification(.webhook, id: content.deliveryID, verified: verified)
    let isClear = reading.isVerdict || reading.state == .pending && !reading.mustFetchResult
    self.init(
      provider: profile.name,
      handle: FoundHandle(reading.handle, of: context, limits: profile.limits), named: named,
      observation: observation, asksForLook: !isClear)
  }
}

extension Ledger.Notification {
  /// A message that was kept as an orphan, read for the job that has its handle by now.
  /// - Parameter body: empty when it was erased meanwhile: then it says nothing.
  package init(
    orphan: NotificationOrphaned, body: [UInt8], of context: RequestContext, profile: Profile
  ) {
    let message = WebhookMessage(headers: [], body: body)
    var observation = Observation(
      profile.readWebhook(message, for: context), to: .status,
      exchange: Exchange(reply: body.isEmpty ? nil : body), billing: profile.billing, nextAt: nil)
    observation.source = .notification(
      orphan.channel, id: orphan.notificationID, verified: orphan.verified == true)
    let isClear =
      observation.reading != .unknown && observation.nextRequest == nil
    self.init(
      provider: orphan.provider, handle: FoundHandle(externalID: orphan.externalID),
      observation: observation, asksForLook: !isClear)
  }
}
