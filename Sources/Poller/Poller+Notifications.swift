// Notifications from the poller's side: the address that providers are given, messages that came
// before their jobs were known, and the public keys that messages are verified with.

import HTTP
import Ledger
import Providers
import Wire

extension Poller {
  /// Messages read in one turn.
  private static let orphansMax = 64
  /// After an attempt to fetch public keys, the next one's distance, seconds.
  private static let keysPauseSeconds = 60.0
  private static let keysTimeoutSeconds = 30.0

  /// Where a provider is told to call us; nil when nobody can, or its profile takes no address.
  func webhookURL(_ context: RequestContext, _ profile: Profile) -> String? {
    guard let publicURL, profile.takesWebhookAddress else { return nil }
    do {
      let key = try webhookKey ?? WebhookKey.ofHome(books.home)
      webhookKey = key
      return key.url(
        publicURL, provider: profile.name,
        job: .init(id: context.jobID, step: UInt64(clamping: context.step - 1)))
    } catch {
      tellOnce(.warning, "providers are not told where to call: \(BooksError(error))")
      return nil
    }
  }

  /// Messages whose jobs have become known since they came. Each is read once: what it comes to
  /// names it as its cause, and the books refuse a second one.
  func pickOrphans(_ snapshot: inout Snapshot, _ now: Timestamp) throws {
    letters = []
    for orphan in try snapshot.readyOrphans(limit: Poller.orphansMax) {
      guard let details = try snapshot.details(orphan.job),
        case .notificationOrphaned(let body)? = try snapshot.log.event(at: orphan.position)?.event,
        case .ready(let ready) = shelf.profile(body.provider)
      else { continue }
      let bytes = try body.body.flatMap { try snapshot.bytes($0) }
      let notification = Ledger.Notification(
        orphan: body, body: bytes ?? [], of: RequestContext(details, now: now),
        profile: ready.profile)
      letters.append(
        Command(.notify(notification), actor: .webhook, cause: orphan.position))
    }
  }

  /// Fetches public keys that are missing or old, of providers that have jobs here and can reach
  /// us.
  func pickKeys(_ snapshot: inout Snapshot, _ now: Timestamp) throws {
    publicURL = try snapshot.policy(Policy.publicURL)
    guard publicURL != nil,
      keysTriedAt.map({ now.seconds(since: $0) >= Poller.keysPauseSeconds })
        ?? true
    else { return }
    keysTriedAt = now
    for name in try snapshot.providerNames() {
      guard case .ready(let ready) = shelf.profile(name), let url = ready.profile.keySetURL else {
        continue
      }
      let file = KeySetFile(books.home, provider: ready.profile.name)
      if let time = file.fetchedAt, now.seconds(since: time) < KeySet.refreshSeconds { continue }
      keysWanted.append((ready.profile.name, url))
    }
  }

  func startKeys(_ network: any Network) {
    for (name, url) in keysWanted {
      let tag = newTag()
      keysUnderWay[tag] = name
      network.start(
        HTTPRequest(
          .get, url.description, totalTimeoutSeconds: Poller.keysTimeoutSeconds,
          maxResponseBytes: KeySet.bytesMax), tag: tag)
    }
    keysWanted = []
  }

  /// - Returns: false when the answer is not one about public keys.
  func keepKeys(_ completion: Multi.Completion) -> Bool {
    guard let name = keysUnderWay.removeValue(forKey: completion.tag) else { return false }
    guard case .success(let response) = completion.result, response.status == 200,
      KeySet(response.body) != nil
    else {
      tellOnce(.warning, "\(name): its public keys cannot be fetched; its webhooks do not verify")
      return true
    }
    do {
      try KeySetFile(books.home, provider: name).write(response.body)
    } catch {
      tellOnce(.warning, "\(name): its public keys cannot be kept: \(BooksError(error))")
    }
    return true
  }
}
