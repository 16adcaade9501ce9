// The outside providers on loopback: what a back end is tested against when the real ones are too
// dear, too slow and too well-behaved.
import Synchronization
package import Wire

/// Running simulated providers. Stops when it goes out of use.
///
///     let options = try SimulatorOptions(seed: 7, faults: Fault.parse("503:0.1"))
///     let simulator = try Simulator.start(options)
///     // REPLICATE_BASE_URL=simulator.address
///     simulator.stop()
package final class Simulator: Sendable {
  /// The port of 127.0.0.1 it listens on.
  package let port: Int
  private let engine: Engine
  private let listener: Listener
  private let isStopped = Atomic(false)

  private init(port: Int, engine: Engine, listener: Listener) {
    self.port = port
    self.engine = engine
    self.listener = listener
  }

  deinit { stop() }

  /// Starts listening; replies are given from the moment this returns.
  /// - Throws: `SimulatorError.portTaken`, `.portOutOfRange` or `.cannotListen`.
  package static func start(
    _ options: SimulatorOptions = SimulatorOptions(), clock: SimulatorClock = .running()
  ) throws(SimulatorError) -> Simulator {
    let socket = try ListenSocket(port: options.port)
    let engine = Engine(
      options: options, clock: clock, address: "http://127.0.0.1:\(socket.port)")
    let listener = try Listener(
      socket: socket, engine: engine, clock: clock, limits: options.limits)
    return Simulator(port: socket.port, engine: engine, listener: listener)
  }

  /// `http://127.0.0.1:PORT`, without a slash at the end.
  package var address: String { "http://127.0.0.1:\(port)" }

  /// The counts, as `GET /_simulator/stats` gives them.
  package var stats: JSON { engine.stats() }

  /// Closes every connection and the port. Doing it again does nothing.
  package func stop() {
    guard !isStopped.exchange(true, ordering: .sequentiallyConsistent) else { return }
    listener.stop()
  }
}
