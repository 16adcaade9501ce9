// How a provider tells us of a job by itself: a profile's `webhook`.

import Wire

/// What a profile says of its provider's notifications.
package struct WebhookRule: Sendable, Equatable {
  /// Where a submit says the address to call.
  enum Parameter: Sendable, Equatable {
    /// Nowhere: it is set at the provider, once for all jobs.
    case none
    case query(String)
    /// A member of the body; objects on the way are made.
    case body([String])
  }

  /// Longer ids of messages are taken by their digest.
  static let deliveryIDMax = 256
  /// A challenge that is echoed, bytes.
  static let challengeMax = 1024

  var parameter = Parameter.none
  /// Members that go into the submit's body with the address.
  var submitBody = JSONObject()
  /// The job's id; empty: as in the provider's replies.
  var externalID = PointerList([])
  /// What is the same for every delivery of one message; neither: the bytes themselves.
  var deliveryHeader: String?
  var deliveryID = PointerList([])
  /// Words of its own; nil: those of the provider's replies.
  var state: StateRule?
  /// Above the words, over the whole message.
  var rules: [Rule<Outcome>] = []
  /// Where the usual reply stands in the message; nil: the message is one.
  var payload: PointerPath?
  /// Echoed when the address is registered.
  var challenge: PointerPath?
  package var signature = SignatureRule.none
}
