// Where a server listens: an address of this machine, or a socket that the service manager made.

import Glibc
import Posix

/// Why nothing listens.
package struct ListenError: Error, Sendable, CustomStringConvertible {
  package let description: String
  /// Another program listens there.
  package let isTaken: Bool

  init(description: String, isTaken: Bool = false) {
    self.description = description
    self.isTaken = isTaken
  }
}

/// A bound and listening TCP socket.
package struct ListenSocket: Sendable {
  /// Where sockets that were passed on begin (sd_listen_fds(3), SD_LISTEN_FDS_START).
  private static let firstPassed: Int32 = 3

  package let descriptor: Int32
  /// The address, in brackets where it is IPv6, and the port, e.g. `127.0.0.1:8080`.
  package let address: String
  package let port: Int
  /// The service manager made it, listens on it when we are gone and passes it on again.
  package let isPassedOn: Bool
  /// Nobody outside this machine can reach it.
  package let isLoopback: Bool

  /// Listens on `HOST:PORT`: an address in figures or `localhost`; port 0: the kernel chooses.
  /// - Throws: `ListenError`: the address is none, is taken or is not allowed.
  package init(_ text: String, sendBufferBytes: Int = 256 << 10) throws(ListenError) {
    guard let (host, port) = ListenSocket.parts(text) else {
      throw ListenError(description: "\"\(text)\" is no address of the form HOST:PORT")
    }
    var hints = unsafe addrinfo()
    unsafe hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE
    unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard unsafe getaddrinfo(host, "\(port)", &hints, &found) == 0, let info = unsafe found else {
      throw ListenError(description: "\"\(host)\" is no address in figures")
    }
    defer { unsafe freeaddrinfo(found) }
    let descriptor = unsafe socket(
      info.pointee.ai_family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw ListenError(description: "socket: errno \(errno)") }
    ListenSocket.set(descriptor, SO_REUSEADDR, 1)
    ListenSocket.set(descriptor, SO_SNDBUF, Int32(clamping: sendBufferBytes))
    guard unsafe bind(descriptor, info.pointee.ai_addr, info.pointee.ai_addrlen) == 0,
      listen(descriptor, 1024) == 0
    else {
      let code = errno
      _ = Glibc.close(descriptor)
      throw ListenError(
        description: code == EADDRINUSE
          ? "\(text) is taken by another program" : "cannot listen on \(text) (errno \(code))",
        isTaken: code == EADDRINUSE)
    }
    try self.init(listening: descriptor, isPassedOn: false)
  }

  /// Takes over a socket that listens already.
  /// - Throws: `ListenError`: it is no listening TCP socket.
  private init(listening descriptor: Int32, isPassedOn: Bool) throws(ListenError) {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var isListening: Int32 = 0
    var optionSize = socklen_t(MemoryLayout<Int32>.size)
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    var service = [CChar](repeating: 0, count: 16)
    let isNamed = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe getsockname(descriptor, generic, &size) == 0
          && getnameinfo(
            generic, size, &host, socklen_t(host.count), &service, socklen_t(service.count),
            NI_NUMERICHOST | NI_NUMERICSERV) == 0
      }
    }
    guard isNamed,
      unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &isListening, &optionSize) == 0,
      isListening == 1, let port = Int(ListenSocket.text(service))
    else { throw ListenError(description: "descriptor \(descriptor) is no listening TCP socket") }
    let name = ListenSocket.text(host)
    self.descriptor = descriptor
    self.isPassedOn = isPassedOn
    self.port = port
    address = name.contains(":") ? "[\(name)]:\(port)" : "\(name):\(port)"
    isLoopback = name == "::1" || name.hasPrefix("127.") || name.hasPrefix("::ffff:127.")
  }

  /// The socket that the service manager passed on, when it did (sd_listen_fds(3)): the first.
  /// - Throws: `ListenError`: what was passed on is no listening TCP socket.
  package static func passedOn(
    environment: (String) -> String? = { Machine.environment($0) }
  ) throws(ListenError) -> ListenSocket? {
    guard environment("LISTEN_PID").flatMap({ Int32($0) }) == getpid(),
      let count = environment("LISTEN_FDS").flatMap({ Int32($0) }), count >= 1
    else { return nil }
    _ = fcntl(firstPassed, F_SETFD, FD_CLOEXEC)
    return try ListenSocket(listening: firstPassed, isPassedOn: true)
  }

  /// For a socket that no server took over.
  package func close() { _ = Glibc.close(descriptor) }

  /// Another descriptor of the same socket, for another thread that accepts.
  /// - Throws: `ListenError` when there is none left.
  func another() throws(ListenError) -> Int32 {
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { throw ListenError(description: "dup: errno \(errno)") }
    return copy
  }

  /// The text before a C string's end.
  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static func set(_ descriptor: Int32, _ option: Int32, _ value: Int32) {
    var value = value
    _ = unsafe setsockopt(
      descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  private static func parts(_ text: String) -> (host: String, port: UInt16)? {
    guard let colon = text.lastIndex(of: ":"),
      let port = UInt16(text[text.index(after: colon)...])
    else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty else { return nil }
    return (host == "localhost" ? "127.0.0.1" : String(host), port)
  }
}
