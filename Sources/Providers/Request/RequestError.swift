// Why no request can be made. None of these is the customer's job's fault in the provider's eyes:
// nothing was sent.

/// A request that could not be built; never holds a secret.
package enum RequestError: Error, Equatable, CustomStringConvertible {
  /// The handle (or the model, which some status URLs need) lacks this; PRODUCT: HANDLE_INCOMPLETE.
  case handleIncomplete(missing: String)
  /// The environment variable (or secret file) of this name is not set.
  case missingSecret(String)
  /// The secret of this name holds bytes that no header may hold.
  case badSecret(String)
  case missing(String)
  /// The profile has no such request.
  case noSuchPhase(RequestPhase)
  /// No variant of the profile is for this model.
  case unsupportedModel(String)
  /// A value that would climb in the path (`.`, `..`, an empty segment).
  case badSegment(String)
  case badURL(String)
  /// A follow-up URL outside the profile's base URLs and `hosts`: it would carry our credentials.
  case hostNotAllowed(String)
  case inputNotObject
  case badHeader(String)

  package var description: String {
    switch self {
    case .handleIncomplete("job.model"):
      "the model is not known, and this provider is not asked without one (--model)"
    case .handleIncomplete(let name): "the handle is incomplete: {{\(name)}} is not known"
    case .missingSecret(let name): "\(name) is not set"
    case .badSecret(let name): "\(name) holds characters that no HTTP header may hold"
    case .missing(let name): "{{\(name)}} is not known"
    case .noSuchPhase(let phase): "the profile has no '\(phase.rawValue)' request"
    case .unsupportedModel(let model): "no variant of the profile is for the model '\(model)'"
    case .badSegment(let name): "{{\(name)}} cannot stand in a URL's path"
    case .badURL(let place): "\(place) is no plain http(s) URL"
    case .hostNotAllowed(let host): "the host '\(host)' is not one of the profile's hosts"
    case .inputNotObject: "the input must be a JSON object for this provider"
    case .badHeader(let name): "the header '\(name)' would hold characters that none may hold"
    }
  }
}
