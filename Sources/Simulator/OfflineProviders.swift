// The simulated providers without ports and threads: requests in, answers out, under the caller's
// clock. What a world of one thread is made of.
package import HTTPServer
package import Wire

/// Providers that answer when they are asked.
package final class OfflineProviders {
  private let engine: Engine
  private let doors: [(provider: String, door: Door)]

  /// - Parameter clock: stands still until it is advanced.
  package init(_ options: SimulatorOptions, clock: SimulatorClock) {
    let wanted = Door.providers.filter {
      options.providers.isEmpty || options.providers.contains($0.name)
    }
    doors = wanted.enumerated().map { place, provider in
      (
        provider.name,
        Door(address: "http://127.0.0.1:\(7001 + place)", providers: Door.behind(provider))
      )
    }
    engine = Engine(
      options: options, clock: clock, address: doors[0].door.address, directory: .null)
  }

  /// `http://127.0.0.1:PORT`, for a profile's base; nobody listens there.
  package var addresses: [(provider: String, address: String)] {
    doors.map { ($0.provider, $0.door.address) }
  }

  /// `whsec_...`: what Standard Webhooks are signed with.
  package var webhookSecret: String { engine.webhookSecret }

  /// Gives a request to whoever is at this address; nil when nobody is.
  package func take(_ request: ServerRequest, at address: String) -> OfflineExchange? {
    guard let door = doors.first(where: { $0.door.address == address })?.door else { return nil }
    return OfflineExchange(
      engine.answer(Request(request), at: door, isCut: request.isCut), at: door, engine)
  }

  /// When the next message is due, microseconds since the start; nil: none is on its way.
  package var mailAt: Int64? { engine.mailAt }

  /// Messages that are due.
  package func mail() -> [OfflineLetter] {
    engine.takeMail().due.compactMap { parcel in
      guard let (url, headers, body, _) = engine.letter(parcel) else { return nil }
      return OfflineLetter(url: url, headers: headers, body: body) { [engine] status in
        engine.settle(parcel, status: status)
      }
    }
  }

  /// Nothing goes wrong any more.
  package func calm() { engine.calm() }

  /// How a job really ended; nil while it has not, or when there is none of this id.
  package func outcome(of id: String) -> String? { engine.outcome(of: id)?.rawValue }

  /// The counts, as `GET /_simulator/stats` gives them.
  package var stats: JSON { engine.stats() }
}

/// A message on its way to a webhook.
package struct OfflineLetter {
  package let url: String
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]
  /// To be told the receiver's status; nil: nobody answered.
  package let settle: (Int?) -> Void

  init(
    url: String, headers: [(String, String)], body: [UInt8], settle: @escaping (Int?) -> Void
  ) {
    self.url = url
    self.headers = headers.map { (name: $0.0, value: $0.1) }
    self.body = body
    self.settle = settle
  }
}
