// The few socket calls that the tests share.

import Glibc

enum Sockets {
  /// How many descriptors this process has open.
  static var openDescriptors: Int { (0..<Int32(1024)).count { fcntl($0, F_GETFD) >= 0 } }

  static func make(_ family: Int32, nonBlocking: Bool = false) -> Int32 {
    let flags = Int32(SOCK_CLOEXEC.rawValue) | (nonBlocking ? Int32(SOCK_NONBLOCK.rawValue) : 0)
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | flags, 0)
    precondition(descriptor >= 0)
    return descriptor
  }

  /// Binds to 127.0.0.1 and a port of the kernel's choice, which it returns.
  static func bindLoopback(_ descriptor: Int32) -> UInt16 {
    var address = loopback(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    precondition(isBound)
    return UInt16(bigEndian: address.sin_port)
  }

  /// Binds to every IPv4 and IPv6 address and a port of the kernel's choice, which it returns.
  static func bindEverywhere(_ descriptor: Int32) -> UInt16 {
    var no: Int32 = 0
    setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no, 4)
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    precondition(isBound)
    return UInt16(bigEndian: address.sin6_port)
  }

  static func connectLoopback(_ descriptor: Int32, port: UInt16) -> Bool {
    var address = loopback(port: port)
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }
}
