// The listening socket: 127.0.0.1 and nothing else.
import Glibc

/// A bound and listening TCP socket.
struct ListenSocket {
  let descriptor: Int32
  /// The port, chosen by the kernel when 0 was asked for.
  let port: Int

  /// - Throws: `SimulatorError.portTaken`, `.portOutOfRange` or `.cannotListen`.
  init(port: Int) throws(SimulatorError) {
    guard let number = UInt16(exactly: port) else { throw SimulatorError.portOutOfRange(port) }
    func refuse(_ call: String, _ code: Int32) -> SimulatorError {
      .cannotListen("\(call): errno \(code)")
    }
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw refuse("socket", errno) }
    // Allows a port whose old connections are in TIME_WAIT, not one that somebody listens on.
    var yes: Int32 = 1
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = number.bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(descriptor, generic, size) == 0 && listen(descriptor, 1024) == 0
          && getsockname(descriptor, generic, &size) == 0
      }
    }
    guard bound else {
      let code = errno
      Glibc.close(descriptor)
      throw code == EADDRINUSE ? SimulatorError.portTaken(port) : refuse("bind", code)
    }
    self.descriptor = descriptor
    self.port = Int(UInt16(bigEndian: address.sin_port))
  }

  /// For a socket that no listener took over.
  func close() { _ = Glibc.close(descriptor) }
}
