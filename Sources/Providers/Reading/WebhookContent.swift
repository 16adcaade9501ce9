// What a notification says before it is known whose it is.

import Ledger
package import Wire

/// A notification's body, read as far as it takes to find the job.
package struct WebhookContent: Sendable {
  package let json: JSON
  /// The job it names.
  package let externalID: String?
  /// The same for every delivery of this message: an idempotency key, 1 to 128 of `A-Za-z0-9._:-`.
  package let deliveryID: String
  /// What the provider wants echoed when the address is registered; then there is no job.
  package let challenge: String?
}

extension Profile {
  /// - Returns: nil when the body is no JSON.
  package func content(of message: WebhookMessage) -> WebhookContent? {
    guard let json = try? JSON(parsing: message.body) else { return nil }
    let rule = webhook ?? WebhookRule()
    let pointers = rule.externalID.paths.isEmpty ? handleRule.externalID : rule.externalID
    let id = pointers.text(in: json).flatMap(HandleRule.id)
    let challenge = rule.challenge?.values(in: json).first?.string.flatMap {
      $0.utf8.count <= WebhookRule.challengeMax ? $0 : nil
    }
    return WebhookContent(
      json: json, externalID: id, deliveryID: deliveryID(of: message, json, rule),
      challenge: id == nil ? challenge : nil)
  }

  private func deliveryID(
    of message: WebhookMessage, _ json: JSON, _ rule: WebhookRule
  ) -> String {
    let given =
      rule.deliveryHeader.flatMap { try? message.sole($0) } ?? rule.deliveryID.text(in: json)
    guard let given, (1...WebhookRule.deliveryIDMax).contains(given.utf8.count) else {
      return "sha256:\(SHA256.digest(message.body))"
    }
    let isKey = given.utf8.count <= 128 && given.utf8.allSatisfy(WebhookContent.isKeyByte)
    return isKey ? given : "id:\(SHA256.digest(Array(given.utf8)))"
  }
}

extension WebhookContent {
  fileprivate static func isKeyByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x3A, 0x5F: true
    default: false
    }
  }
}
