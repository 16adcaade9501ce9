// Somebody inside who must never be called: a listener on this machine's own addresses that counts
// whoever comes.

import Glibc
import Synchronization

/// Listens on 127.0.0.1 and ::1, one port; answers nothing.
final class Trap: Sendable {
  let port: Int
  private let sockets: [Int32]
  private let count = Mutex(0)

  struct Unable: Error {}

  init() throws {
    let first = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    guard Trap.bind(first, &address), listen(first, 64) == 0 else { throw Unable() }
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(first, $0, &size)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    var opened = [first]
    let second = socket(AF_INET6, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address6 = sockaddr_in6()
    address6.sin6_family = sa_family_t(AF_INET6)
    address6.sin6_port = address.sin_port
    address6.sin6_addr = in6addr_loopback
    // A machine without IPv6 has one door less.
    if second >= 0, Trap.bind(second, &address6), listen(second, 64) == 0 {
      opened.append(second)
    } else if second >= 0 {
      close(second)
    }
    sockets = opened
  }

  deinit { for socket in sockets { close(socket) } }

  private static func bind<Address>(_ socket: Int32, _ address: inout Address) -> Bool {
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.bind(socket, $0, socklen_t(MemoryLayout<Address>.size)) == 0
      }
    }
  }

  /// Who has come so far. The kernel completes connections by itself, so that they wait here even
  /// where the caller is gone.
  var callers: Int {
    count.withLock { count in
      for socket in sockets {
        _ = fcntl(socket, F_SETFL, O_NONBLOCK)
        while case let caller = accept(socket, nil, nil), caller >= 0 {
          count += 1
          close(caller)
        }
      }
      return count
    }
  }

  /// Calls itself: the trap works.
  func spring() {
    let caller = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    defer { close(caller) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = connect(caller, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
