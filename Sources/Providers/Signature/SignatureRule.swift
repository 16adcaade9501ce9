// How a provider proves that a message is its own: what a profile says, as data.

import Wire

/// A profile's `webhook.signature`.
package enum SignatureRule: Sendable, Equatable {
  /// Nothing is signed: a message only asks for a look.
  case none
  case standardWebhooks(StandardWebhooksRule)
  case keySet(KeySetRule)
  case sharedSecret(SharedSecretRule)

  /// Clocks differ and redeliveries take a while: the Standard Webhooks specification's five
  /// minutes, seconds.
  static let toleranceSeconds = 300

  /// Names of the environment variables that hold the secrets, in the profile's order.
  package var secretNames: [String] {
    switch self {
    case .none, .keySet: []
    case .standardWebhooks(let rule): rule.secrets
    case .sharedSecret(let rule): rule.secrets
    }
  }

  /// Where the provider's public keys are; nil where it has none.
  package var keySetURL: WebAddress? { if case .keySet(let rule) = self { rule.url } else { nil } }
}

/// Standard Webhooks (standardwebhooks.com): HMAC-SHA256 over `id.timestamp.body`.
package struct StandardWebhooksRule: Sendable, Equatable {
  var secrets: [String]
  var idHeader = "webhook-id"
  var timestampHeader = "webhook-timestamp"
  var signatureHeader = "webhook-signature"
  var toleranceSeconds = SignatureRule.toleranceSeconds
}

/// Ed25519 by one of the keys that the provider publishes (RFC 7517, RFC 8037).
package struct KeySetRule: Sendable, Equatable {
  /// One part of what is signed; parts are joined by line feeds.
  enum Part: Sendable, Equatable {
    case header(String)
    /// SHA-256 of the raw body, in lower-case hexadecimal.
    case bodyDigest
  }

  var url: WebAddress
  /// In hexadecimal.
  var signatureHeader: String
  /// Unix seconds.
  var timestampHeader: String
  var parts: [Part]
  var toleranceSeconds = SignatureRule.toleranceSeconds
}

/// The secret itself in a header: proves who sent, not what.
package struct SharedSecretRule: Sendable, Equatable {
  var secrets: [String]
  var header: String
}
