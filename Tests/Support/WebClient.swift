// A plain-socket HTTP client: nothing stands between a test and the bytes, nothing is retried.

import Glibc
package import Wire

/// A reply as it came over the wire, its body without chunks.
package struct WebReply: Sendable {
  package let status: Int
  /// In order, names in lower case.
  package let fields: [(name: String, value: String)]
  package let body: [UInt8]

  /// The first field of that name.
  package func field(_ name: String) -> String? { fields.first { $0.name == name }?.value }
  package var text: String { String(decoding: body, as: UTF8.self) }
  package var json: JSON { (try? JSON(parsing: body)) ?? .null }
  /// The word of a refusal.
  package var code: String? { json["code"]?.string }
}

/// Why a test's client got nothing that it could use.
package struct WebError: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}

/// A connection of its own to a server on loopback.
package final class WebConnection {
  private let socket: Int32
  private var buffer: [UInt8] = []
  private var isAtEnd = false

  /// - Parameters:
  ///   - receiveBytes: of the kernel's buffer for what was not read; 0: as the system has it.
  /// - Throws: `WebError`: nobody listens.
  package init(port: Int, patienceSeconds: Int = 60, receiveBytes: Int32 = 0) throws(WebError) {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw WebError(description: "socket: \(errno)") }
    var patience = timeval(tv_sec: patienceSeconds, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    if receiveBytes > 0 {
      var size = receiveBytes
      setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw WebError(description: "connect: \(errno)") }
  }

  deinit { close(socket) }

  /// Sends what it can: a server may close before it has read everything.
  package func send(_ bytes: [UInt8]) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }

  /// Nothing more is sent; what comes can still be read.
  package func finish() { shutdown(socket, Int32(SHUT_WR)) }

  package func send(
    _ method: String, _ target: String, _ fields: [String: String] = [:], body: [UInt8]? = nil
  ) {
    var head = "\(method) \(target) HTTP/1.1\r\n"
    if fields["Host"] == nil { head += "Host: 127.0.0.1\r\n" }
    for (name, value) in fields { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    send(Array((head + "\r\n").utf8) + (body ?? []))
  }

  /// The next piece; nil at the connection's end.
  private func more() throws(WebError) -> Bool {
    guard !isAtEnd else { return false }
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(socket, &chunk, chunk.count, 0)
    if count < 0, errno == EAGAIN { throw WebError(description: "nothing came in time") }
    guard count > 0 else {
      isAtEnd = true
      return false
    }
    buffer += chunk[..<count]
    return true
  }

  /// Bytes up to and without `mark`; nil when the connection ends before.
  private func take(until mark: [UInt8]) throws(WebError) -> [UInt8]? {
    var searched = 0
    while true {
      let last = buffer.count - mark.count
      if searched <= last,
        let start = (searched...last).first(where: { buffer[$0...].starts(with: mark) })
      {
        let found = Array(buffer[..<start])
        buffer.removeFirst(start + mark.count)
        return found
      }
      searched = max(0, last + 1)
      guard try more() else { return nil }
    }
  }

  private func take(count: Int) throws(WebError) -> [UInt8]? {
    while buffer.count < count { guard try more() else { return nil } }
    let found = Array(buffer[..<count])
    buffer.removeFirst(count)
    return found
  }

  /// Status and fields; nil when the connection was closed without an answer.
  package func head() throws(WebError) -> WebReply? {
    guard let bytes = try take(until: [13, 10, 13, 10]) else { return nil }
    var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")[...]
    guard let first = lines.popFirst(), let word = first.split(separator: " ").dropFirst().first,
      let status = Int(word)
    else { throw WebError(description: "no status line") }
    let fields = lines.map { line -> (name: String, value: String) in
      let parts = line.split(separator: ":", maxSplits: 1)
      return (parts[0].lowercased(), parts.count > 1 ? String(parts[1].drop { $0 == " " }) : "")
    }
    return WebReply(status: status, fields: fields, body: [])
  }

  /// The next chunk of a stream; nil at its end. `isWhole` tells an end from a broken connection.
  package private(set) var isWhole = false
  package func chunk() throws(WebError) -> [UInt8]? {
    guard let line = try take(until: [13, 10]),
      let size = Int(String(decoding: line, as: UTF8.self), radix: 16),
      let bytes = try take(count: size + 2)
    else { return nil }
    isWhole = size == 0
    return size == 0 ? nil : bytes.dropLast(2)
  }

  /// The whole reply.
  /// - Throws: `WebError`: none came, or half of one.
  package func reply(to method: String = "GET") throws(WebError) -> WebReply {
    guard let head = try head() else { throw WebError(description: "closed without an answer") }
    guard method != "HEAD", head.status != 204, head.status != 304 else { return head }
    var body: [UInt8] = []
    if head.field("transfer-encoding") == "chunked" {
      while let chunk = try chunk() { body += chunk }
      guard isWhole else { throw WebError(description: "a stream was broken off") }
    } else {
      let count = head.field("content-length").flatMap { Int($0) } ?? 0
      guard let bytes = try take(count: count) else { throw WebError(description: "half a body") }
      body = bytes
    }
    return WebReply(status: head.status, fields: head.fields, body: body)
  }
}
