// Telling the service manager how we are (sd_notify(3)): a datagram to the socket that it named, so
// no library of its is needed.

import Glibc

/// The one who started us and wants to hear from us.
package struct ServiceManager: Sendable {
  /// sun_path without a final zero (unix(7)).
  private static let pathBytesMax = 107

  /// Where it listens: a path, or a name that begins with `@` (abstract).
  private let address: String
  /// The longest silence before it takes us for dead, seconds; nil: it does not watch.
  package let watchdogSeconds: Double?

  /// Nil when nobody wants to hear: no `NOTIFY_SOCKET`, or one of a kind unknown here.
  /// - Parameter environment: reads `NOTIFY_SOCKET`, `WATCHDOG_USEC` and `WATCHDOG_PID`
  ///   (sd_watchdog_enabled(3)).
  package init?(environment: (String) -> String? = { Machine.environment($0) }) {
    guard let address = environment("NOTIFY_SOCKET"), address.utf8.count > 1,
      address.utf8.count <= ServiceManager.pathBytesMax,
      address.hasPrefix("/") || address.hasPrefix("@")
    else { return nil }
    self.address = address
    let isOurs = environment("WATCHDOG_PID").map { Int32($0) == getpid() } ?? true
    let limit = isOurs ? environment("WATCHDOG_USEC").flatMap { UInt64($0) } : nil
    watchdogSeconds = limit.flatMap { $0 > 0 ? Double($0) / 1e6 : nil }
  }

  /// We do what we were started for.
  /// - Parameter status: a line for `systemctl status`; without secrets.
  package func ready(_ status: String) { send("READY=1\nSTATUS=\(ServiceManager.line(status))") }

  /// We end.
  package func stopping() { send("STOPPING=1\nSTATUS=ending") }

  /// We are alive.
  package func isAlive() { send("WATCHDOG=1") }

  private static func line(_ text: String) -> String {
    String(text.map { $0.isNewline ? " " : $0 })
  }

  /// Nobody is told when it does not arrive: we work without being watched, too.
  private func send(_ text: String) {
    let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    var path = Array(address.utf8)
    // A name in the abstract namespace begins with a zero byte.
    if path[0] == UInt8(ascii: "@") { path[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: path) }
    let size = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let bytes = Array(text.utf8)
    unsafe withUnsafePointer(to: &name) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = unsafe sendto(
          descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), generic, size)
      }
    }
  }
}
