// What a provider asks of the world when it accepts a submit.
import Wire

/// A job to be made.
struct JobOrder: Sendable {
  let provider: any ProviderModel
  /// Which submit it belongs to (`Tally`).
  let identity: String
  /// The client's own id, where the provider takes one.
  var id: String?
  /// What the provider shows of the request, in its own words (`model`, `version`, ...).
  var shown = JSONObject()
  let input: JSON
  let inputBytes: Int
  let wish: JobWish
  /// Where its messages go.
  var webhook: WebhookTarget?
  /// Whether it waits while as many jobs as may run at once are open.
  var waitsForSlot = false
  /// It is aborted when it has not started so soon.
  var startWithinSeconds: Double?
  /// How long its outputs can be fetched, where the submit says so.
  var outputLifeSeconds: Double?

  init(
    _ provider: any ProviderModel, identity: String, input: JSON, inputBytes: Int, wish: JobWish
  ) {
    self.provider = provider
    self.identity = identity
    self.input = input
    self.inputBytes = inputBytes
    self.wish = wish
  }
}
