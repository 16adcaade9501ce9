// The outside providers on loopback: what a back end is tested against when the real ones are too
// dear, too slow and too well-behaved.
import HTTPServer
import Synchronization
package import Wire

/// Running simulated providers. Stops when it goes out of use.
///
///     let options = try SimulatorOptions(seed: 7, faults: Fault.parse("503:0.1"))
///     let simulator = try Simulator.start(options)
///     // REPLICATE_BASE_URL=simulator.address, LEDGER_BASE_URL_FAL=simulator.address(of: "fal")!
///     simulator.stop()
package final class Simulator: Sendable {
  /// The main port of 127.0.0.1 it listens on.
  package let port: Int
  /// Every provider's own address, by name, in a fixed order.
  package let addresses: [(provider: String, address: String)]
  /// PEM text of the certificate authority that a client of https must trust; nil with http.
  package let authority: String?
  /// What to type for the incident that was chosen.
  package let incident: IncidentPlay?
  private let engine: Engine
  private let agenda: Agenda
  private let servers: [HTTPServer]
  private let courier: Courier
  private let isStopped = Atomic(false)

  private init(
    port: Int, addresses: [(provider: String, address: String)], engine: Engine,
    agenda: Agenda, servers: [HTTPServer], courier: Courier,
    authority: String?, incident: IncidentPlay?
  ) {
    self.port = port
    self.addresses = addresses
    self.engine = engine
    self.agenda = agenda
    self.servers = servers
    self.courier = courier
    self.authority = authority
    self.incident = incident
  }

  deinit { stop() }

  /// Starts listening; replies are given from the moment this returns.
  /// - Throws: `SimulatorError.portTaken`, `.portOutOfRange`, `.cannotListen` or, for a provider
  ///   that nobody simulates or a webhook secret that is none, `.badOption`.
  package static func start(
    _ options: SimulatorOptions = SimulatorOptions(), clock: SimulatorClock = .running()
  ) throws(SimulatorError) -> Simulator {
    let wanted = try providers(options.providers)
    if let secret = options.webhookSecret, WebhookKeys.read(secret) == nil {
      throw .badOption(part: "webhook secret", reason: "is not whsec_ and base64", grammar: "")
    }
    let identity = options.usesTLS ? try TLSIdentity(faults: options.faults) : nil
    let entrance = try Entrance(
      port: options.port, scheme: options.usesTLS ? "https" : "http", wanted)
    let addresses = entrance.addresses
    let incident = options.incident.map {
      IncidentPlay($0, address: entrance.doors[0].address, options: options)
    }
    let engine = Engine(
      options: options, clock: clock, address: entrance.doors[0].address,
      directory: .object(
        JSONObject(addresses.map { JSONObject.Member($0.provider, .string($0.address)) })),
      incident: incident?.json)
    let agenda: Agenda
    do {
      agenda = try Agenda(clock: clock)
    } catch {
      entrance.close(from: 0)
      throw error
    }
    engine.onChange { agenda.lookAtAll() }
    let servers = try serve(entrance, engine, agenda, options.limits, identity)
    return Simulator(
      port: entrance.sockets[0].port, addresses: addresses, engine: engine, agenda: agenda,
      servers: servers, courier: Courier(engine: engine, clock: clock),
      authority: identity?.authority, incident: incident)
  }

  /// Opens every door.
  private static func serve(
    _ entrance: Entrance, _ engine: Engine, _ agenda: Agenda, _ limits: SimulatorLimits,
    _ identity: TLSIdentity?
  ) throws(SimulatorError) -> [HTTPServer] {
    var bounds = ServerBounds()
    bounds.bodyBytes = limits.bodyBytes
    bounds.connections = limits.connections
    bounds.pieceBytes = 32 << 10
    let shown = identity.map { ServerIdentity(key: $0.key, certificates: $0.chain) }
    var servers: [HTTPServer] = []
    for (socket, door) in zip(entrance.sockets, entrance.doors) {
      let reception = Reception(door: door, engine: engine, agenda: agenda)
      do {
        servers.append(
          try HTTPServer(socket, bounds, identity: shown) { reception.receive($0, $1) })
      } catch {
        agenda.stop()
        for server in servers { server.stop() }
        entrance.close(from: servers.count)
        throw .cannotListen(error.description)
      }
    }
    return servers
  }

  private static func providers(
    _ names: [String]
  ) throws(SimulatorError) -> [any ProviderModel] {
    var wanted: [any ProviderModel] = []
    for name in names {
      guard let provider = Door.providers.first(where: { $0.name == name }) else {
        throw .badOption(
          part: name, reason: "no simulated provider is called so",
          grammar: "providers: " + Door.providers.map(\.name).joined(separator: ", "))
      }
      wanted.append(provider)
    }
    return wanted.isEmpty ? Door.providers : wanted
  }

  /// The main address, without a slash at the end: the one provider wanted, or all those whose
  /// paths do not collide.
  package var address: String { "\(authority == nil ? "http" : "https")://127.0.0.1:\(port)" }

  /// A provider's own address; nil when it is not simulated here.
  package func address(of provider: String) -> String? {
    addresses.first { $0.provider == provider }?.address
  }

  /// `whsec_...`: what Standard Webhooks are signed with.
  package var webhookSecret: String { engine.webhookSecret }

  /// The counts, as `GET /_simulator/stats` gives them.
  package var stats: JSON { engine.stats() }

  /// Closes every connection and the ports. Doing it again does nothing.
  package func stop() {
    guard !isStopped.exchange(true, ordering: .sequentiallyConsistent) else { return }
    courier.stop()
    agenda.stop()
    for server in servers { server.stop() }
  }
}
