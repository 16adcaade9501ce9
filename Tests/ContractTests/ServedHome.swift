// `ledger serve` over a home of its own, and a client that sees every byte.

import Foundation
import Glibc
import Posix
import Support
import Testing
import Wire

/// A running server.
final class ServedHome {
  let home: CommandHome
  let server: RunningBinary
  let port: Int

  /// - Parameters:
  ///   - words: after `serve`.
  ///   - launcher: a program to start it with; what it prints first must be the server's address.
  init(
    _ words: [String] = [], home: CommandHome? = nil, environment: [String: String] = [:],
    launcher: [String] = []
  ) throws {
    let home = try home ?? CommandHome()
    self.home = home
    server = try Binary.ledgerd.start(
      ["serve", "--listen", "127.0.0.1:0"] + words,
      environment: home.environment.merging(environment) { _, new in new }, launcher: launcher)
    let isUp = server.waitForOutput { $0.hasSuffix("/\n") }
    try #require(isUp, "\(server.errorSoFar)")
    let line = server.outputSoFar.split(separator: "\n").last ?? ""
    port = try #require(line.dropLast().split(separator: ":").last.flatMap { Int($0) })
  }

  func get(_ target: String, token: String? = nil) throws -> RawReply {
    let client = try RawClient(port: port)
    let proof = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
    try client.send(
      "GET \(target) HTTP/1.1\r\nHost: localhost\r\n\(proof)Connection: close\r\n\r\n")
    return try #require(RawReply(client.readToEnd()))
  }

  /// Asks until the answer's status is `status`, for at most half a minute.
  func get(_ target: String, until status: Int) throws -> RawReply {
    var reply = try get(target)
    for _ in 0..<1500 where reply.status != status {
      usleep(20_000)
      reply = try get(target)
    }
    return reply
  }
}

/// One reply as it came.
struct RawReply {
  let status: Int
  let head: String
  let body: String

  var json: JSON? { try? JSON(parsing: Array(body.utf8)) }

  /// Nil for what is no whole reply of a stated length.
  init?(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n"),
      let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    self.status = status
    head = String(text[..<end.lowerBound]).lowercased()
    body = String(text[end.upperBound...])
    let length = head.components(separatedBy: "content-length: ").dropFirst().first
      .flatMap { Int($0.prefix { $0.isNumber }) }
    guard length == nil || body.utf8.count >= length! else { return nil }
  }
}

/// A TCP connection.
final class RawClient {
  private let descriptor: Int32

  /// - Throws: `PosixError`: nobody listens.
  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code != 0 { throw PosixError("connect") }
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    let bytes = Array(text.utf8)
    guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      throw PosixError("send")
    }
  }

  /// What comes next; empty when the connection is closed.
  func read() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 64 << 10)
    let count = recv(descriptor, &bytes, bytes.count, 0)
    return Array(bytes.prefix(max(0, count)))
  }

  func readToEnd() -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let some = read()
      if some.isEmpty { return all }
      all += some
    }
  }

  /// One reply of a stated length; nil when the connection ends before it is whole.
  func reply() -> RawReply? {
    var all: [UInt8] = []
    while true {
      if let reply = RawReply(all) { return reply }
      let some = read()
      if some.isEmpty { return nil }
      all += some
    }
  }
}
