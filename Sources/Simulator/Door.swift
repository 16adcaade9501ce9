// One port of the simulator and the providers behind it. Two providers name a model by the whole
// path of its submit, so they cannot share a port with anybody: each provider has a door of its
// own, and those whose paths are theirs alone share the main one besides.

/// Who answers at one address.
struct Door: Sendable {
  /// Every simulated provider.
  static let providers: [any ProviderModel] = [
    Replicate(), SelfHosted(), SuperDuperAI(), HiggsfieldLegacy(), Higgsfield(), Fal(),
  ]

  /// `http://127.0.0.1:PORT`
  let address: String
  let providers: [any ProviderModel]
  private let routes: [(provider: any ProviderModel, route: Route)]

  init(address: String, providers: [any ProviderModel]) {
    self.address = address
    self.providers = providers
    routes = providers.flatMap { provider in provider.routes.map { (provider, $0) } }
  }

  /// Those behind the door of one provider. The older API of a house lives on the same host.
  static func behind(_ provider: any ProviderModel) -> [any ProviderModel] {
    provider is Higgsfield ? [HiggsfieldLegacy(), provider] : [provider]
  }

  /// The first route that a request is for, and what stood in its braces.
  func find(
    _ request: Request
  ) -> (known: (provider: any ProviderModel, route: Route)?, captures: [Substring]) {
    for candidate in routes {
      if let captures = candidate.route.match(request) { return (candidate, captures) }
    }
    return (nil, [])
  }

  /// Whose manners an unknown path is refused with.
  func owner(of request: Request) -> any ProviderModel {
    providers.first { request.segments.first == Substring($0.root) } ?? providers[0]
  }
}
