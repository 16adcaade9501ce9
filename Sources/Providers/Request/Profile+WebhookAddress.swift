// Where a submit tells the provider to call us.

import Wire

extension Profile {
  /// Adds the address to a submit, where the profile says; nothing when there is no address.
  /// - Throws: `RequestError.inputNotObject` when the body has no members.
  func addWebhook(
    _ context: RequestContext, url: inout WebAddress, body: inout JSON?
  ) throws(RequestError) {
    guard let address = context.webhookURL, let webhook else { return }
    switch webhook.parameter {
    case .none: break
    case .query(let name):
      let pair = "\(PercentEncoding.component(name))=\(PercentEncoding.component(address))"
      url = url.appending(query: [pair])
    case .body(let tokens):
      guard case .object(var object)? = body else { throw .inputNotObject }
      for member in webhook.submitBody.members { object[member.name] = member.value }
      object.set(.string(address), at: tokens[...])
      body = .object(object)
    }
  }

  /// Whether a submit can say where to call.
  package var takesWebhookAddress: Bool { (webhook?.parameter ?? .none) != .none }

  /// Where the provider's public keys are; with the base where that points elsewhere.
  package var keySetURL: WebAddress? {
    guard let url = webhook?.signature.keySetURL else { return nil }
    return base == declaredBase ? url : url.moved(to: base, path: url.path)
  }
}

extension JSONObject {
  fileprivate mutating func set(_ value: JSON, at tokens: ArraySlice<String>) {
    guard let name = tokens.first else { return }
    guard tokens.count > 1 else { return self[name] = value }
    var inner = self[name]?.object ?? JSONObject()
    inner.set(value, at: tokens.dropFirst())
    self[name] = .object(inner)
  }
}
