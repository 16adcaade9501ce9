// A provider of a few lines: what each test wants said on the wire, on a real socket. One thread
// and one request per connection.

import Foundation
import Glibc
import Synchronization

/// One request as it arrived.
struct Arrival: Sendable {
  var method: String
  /// With its query.
  var path: String
  /// Names in lower case.
  var headers: [String: String]
  var body: String
}

/// The client's end of a connection.
struct Peer: Sendable {
  fileprivate let descriptor: Int32

  /// False: the client left.
  @discardableResult
  func send(_ text: String) -> Bool {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count <= 0 { return false }
      bytes = bytes.dropFirst(count)
    }
    return true
  }

  func answer(_ status: Int, _ body: String, type: String = "application/json") {
    send(
      "HTTP/1.1 \(status) X\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n"
        + "Connection: close\r\n\r\n" + body)
  }

  /// The head of an event stream, which ends with its connection.
  func beginEvents() {
    send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
  }

  /// Until the client leaves.
  func waitForEnd() {
    var byte: UInt8 = 0
    while recv(descriptor, &byte, 1, 0) > 0 {}
  }
}

final class SmallServer: Sendable {
  typealias Handler = @Sendable (Arrival, Peer) -> Void

  private struct State {
    var arrivals: [Arrival] = []
    var open: Set<Int32> = []
    var isStopped = false
  }

  let port: Int
  private let listener: Int32
  private let state = Mutex(State())
  private let handler: Handler

  init(_ handler: @escaping Handler) {
    self.handler = handler
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
      }
    }
    precondition(isBound && listen(listener, 64) == 0)
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { self.accepting() }
  }

  var address: String { "http://127.0.0.1:\(port)" }
  var arrivals: [Arrival] { state.withLock { $0.arrivals } }

  func count(_ method: String, _ path: String) -> Int {
    arrivals.count { $0.method == method && $0.path.hasPrefix(path) }
  }

  /// Connections whose client is still there, or whose handler still works.
  var open: Int { state.withLock { $0.open.count } }

  func stop() {
    state.withLock {
      $0.isStopped = true
      for connection in $0.open { shutdown(connection, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func accepting() {
    while true {
      let connection = accept(listener, nil, nil)
      if connection < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        break
      }
      let isWanted = state.withLock { state in
        if !state.isStopped { state.open.insert(connection) }
        return !state.isStopped
      }
      guard isWanted else {
        close(connection)
        break
      }
      Thread.detachNewThread {
        if let arrival = SmallServer.read(connection) {
          self.state.withLock { $0.arrivals.append(arrival) }
          self.handler(arrival, Peer(descriptor: connection))
        }
        self.state.withLock {
          $0.open.remove(connection)
          close(connection)
        }
      }
    }
    close(listener)
  }

  private static func read(_ connection: Int32) -> Arrival? {
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16384)
    while true {
      if let arrival = parse(bytes) { return arrival }
      let count = recv(connection, &part, part.count, 0)
      if count <= 0 { return nil }
      bytes += part[..<count]
    }
  }

  private static func parse(_ bytes: [UInt8]) -> Arrival? {
    let parts = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")
    guard parts.count >= 2 else { return nil }
    let lines = parts[0].components(separatedBy: "\r\n")
    let words = lines[0].split(separator: " ").map(String.init)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let halves = line.split(separator: ":", maxSplits: 1)
      headers[halves[0].lowercased()] = halves[1].trimmingCharacters(in: .whitespaces)
    }
    let body = parts.dropFirst().joined(separator: "\r\n\r\n")
    guard body.utf8.count >= Int(headers["content-length"] ?? "0") ?? 0 else { return nil }
    return Arrival(method: words[0], path: words[1], headers: headers, body: body)
  }
}
