// How a profile's requests prove who we are: templates over secrets, and tokens signed for each
// request.

/// Credentials of every request: headers and query parameters over environment variables.
struct AuthRule: Sendable, Equatable {
  var headers: [NamedTemplate] = []
  var query: [NamedTemplate] = []
  /// What `{{jwt}}` stands for.
  var token: TokenRule?

  /// Every variable that could be asked for, each once, in the profile's order.
  var secretNames: [String] { names(in: (headers + query).flatMap(\.forms)) }

  /// What is used where the secrets are set of which `isSet` says so; without a complete form what
  /// the first one asks for. What is optional and not set is not needed.
  func secretNames(where isSet: (String) -> Bool) -> [String] {
    let used = (headers + query).map { parameter in
      parameter.forms.first { names(in: [$0]).allSatisfy(isSet) } ?? parameter.template
    }
    let optional = used.flatMap(\.optionalVariables)
    return names(in: used).filter { isSet($0) || !optional.contains(.environment($0)) }
  }

  private func names(in templates: [Template]) -> [String] {
    var names: [String] = []
    let all = templates + (token.map { [$0.issuer, $0.secret] } ?? [])
    for variable in all.flatMap(\.variables) {
      if case .environment(let name) = variable, !names.contains(name) { names.append(name) }
    }
    return names
  }
}

/// A JSON Web Token signed with HMAC-SHA-256 (RFC 7519; RFC 7515, HS256), made anew for every
/// request because it expires.
struct TokenRule: Sendable, Equatable {
  /// The claim `iss`: which key it is.
  let issuer: Template
  /// The key itself.
  let secret: Template
  /// From now until `exp`, seconds.
  var lifeSeconds = 1800
  /// `nbf` lies so far back, seconds: the provider's clock may be behind ours.
  var leewaySeconds = 5
}
