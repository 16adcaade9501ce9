// The ports of a simulator, all of 127.0.0.1: the main one, and one for each provider.
import HTTPServer

/// Doors and their sockets, side by side; the main one is first.
struct Entrance {
  private let scheme: String
  private(set) var doors: [Door] = []
  private(set) var sockets: [ListenSocket] = []
  private(set) var addresses: [(provider: String, address: String)] = []

  /// - Throws: `SimulatorError.portTaken`, `.portOutOfRange` or `.cannotListen`; nothing is left
  ///   open then.
  init(port: Int, scheme: String, _ providers: [any ProviderModel]) throws(SimulatorError) {
    self.scheme = scheme
    do {
      if let only = providers.first, providers.count == 1 {
        let address = try open(port, Door.behind(only))
        addresses = [(only.name, address)]
        return
      }
      _ = try open(port, providers.filter { !$0.takesEveryPath })
      for provider in providers {
        addresses.append((provider.name, try open(0, Door.behind(provider))))
      }
    } catch {
      close(from: 0)
      throw error
    }
  }

  private mutating func open(
    _ port: Int, _ providers: [any ProviderModel]
  ) throws(SimulatorError) -> String {
    let socket = try Entrance.listen(port)
    let address = "\(scheme)://127.0.0.1:\(socket.port)"
    sockets.append(socket)
    doors.append(Door(address: address, providers: providers))
    return address
  }

  private static func listen(_ port: Int) throws(SimulatorError) -> ListenSocket {
    guard UInt16(exactly: port) != nil else { throw .portOutOfRange(port) }
    do {
      return try ListenSocket("127.0.0.1:\(port)")
    } catch {
      throw error.isTaken ? .portTaken(port) : .cannotListen(error.description)
    }
  }

  /// Closes the sockets that nobody took over.
  func close(from place: Int) {
    for socket in sockets.dropFirst(place) { socket.close() }
  }
}
