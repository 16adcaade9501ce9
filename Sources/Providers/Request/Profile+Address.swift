// Where a request goes: the provider's own follow-up URL if it gave one, else the profile's
// template; always on a host that may see our credentials.

extension Profile {
  /// The same profile pointed elsewhere (`LEDGER_BASE_URL_<PROVIDER>`): scheme and authority are
  /// replaced, the path only when the override has one of its own.
  /// - Throws: `RequestError.badURL` when the override is no plain http(s) URL.
  package func resolve(baseOverride text: String) throws(RequestError) -> Profile {
    guard let override = WebAddress(text)?.asBase else { throw .badURL("the base URL's override") }
    var profile = self
    profile.base =
      override.path.isEmpty
      ? declaredBase.moved(to: override, path: declaredBase.path) : override
    return profile
  }

  /// The URL the handle already knows for this phase.
  func given(_ phase: RequestPhase, _ context: RequestContext) -> String? {
    switch phase {
    case .submit: nil
    case .status: context.handle.statusURL
    case .result:
      context.handle.resultURL ?? context.lastReply.flatMap { handleRule.resultURL.text(in: $0) }
    case .cancel: context.handle.cancelURL
    case .list: context.listPage.flatMap { WebAddress($0) == nil ? nil : $0 }
    case .stream: context.handle.streamURL
    }
  }

  func address(
    _ phase: RequestPhase, _ form: Form, _ context: RequestContext
  ) throws(RequestError) -> WebAddress {
    if let given = given(phase, context) {
      guard let address = WebAddress(given) else { throw .badURL("the provider's follow-up URL") }
      return try checked(mapped(address))
    }
    if phase == .stream, let suffix = stream?.afterStatus, let rule = requests[.status] {
      let status = try address(.status, self.form(of: rule, .status, context), context)
      return WebAddress(
        scheme: status.scheme, host: status.host, port: status.port, path: status.path + suffix,
        query: nil)
    }
    guard let template = form.url else {
      throw .handleIncomplete(missing: "handle.\(phase.rawValue)_url")
    }
    return try address(of: template, context, match: form.match)
  }

  /// A template's URL: a path is under the base URL.
  func address(
    of template: Template, _ context: RequestContext, match: String?
  ) throws(RequestError) -> WebAddress {
    let text = try template.render(.path, values(context, match)) ?? ""
    let isPath = text.hasPrefix("/")
    guard let address = WebAddress(isPath ? base.origin + base.path + text : text) else {
      throw .badURL("the profile's url")
    }
    return isPath ? address : try checked(mapped(address))
  }

  /// Whether a follow-up URL may be used, and so see our credentials.
  func allows(_ address: WebAddress) -> Bool {
    if address.origin == base.origin || address.origin == declaredBase.origin { return true }
    if otherBases.contains(where: { $0.origin == address.origin }) { return true }
    return address.scheme == "https" && address.port == 443
      && hosts.contains { $0.matches(address.host) }
  }

  private func checked(_ address: WebAddress) throws(RequestError) -> WebAddress {
    guard allows(address) else { throw .hostNotAllowed(address.host) }
    return address
  }

  /// Under an override, URLs on the provider's own addresses move with the base.
  private func mapped(_ address: WebAddress) -> WebAddress {
    guard base != declaredBase else { return address }
    for declared in [declaredBase] + otherBases where declared.origin == address.origin {
      let rest = address.path.dropFirst(declared.path.utf8.count)
      let isUnder = address.path.hasPrefix(declared.path) && (rest.isEmpty || rest.hasPrefix("/"))
      return address.moved(to: base, path: isUnder ? base.path + rest : address.path)
    }
    return address
  }
}
