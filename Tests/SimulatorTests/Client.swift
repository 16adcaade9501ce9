// A plain-socket HTTP client: it sees a connection that is closed without an answer, can leave
// while its answer is held back, and never retries on its own.
import Foundation
import Glibc
import Wire

@testable import Simulator

/// A reply as it came over the wire.
struct Received {
  let status: Int
  /// By lower-case name.
  let headers: [String: String]
  let body: [UInt8]

  var json: JSON {
    get throws { try JSON(parsing: body) }
  }

  var text: String { String(decoding: body, as: UTF8.self) }
}

struct ClientError: Error { let reason: String }

/// A request that was sent and whose answer was not read yet.
final class Pending {
  private let socket: Int32
  private var seen: [UInt8] = []

  init(port: Int, bytes: [UInt8]) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard socket >= 0 else { throw ClientError(reason: "socket: \(errno)") }
    var patience = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(
      socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else { throw ClientError(reason: "connect: \(errno)") }
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes {
        send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      // The server may close before it has read everything; what it said can still be read.
      guard count > 0 else { break }
      sent += count
    }
  }

  deinit { close(socket) }

  /// The reply; nil when the connection was closed without one.
  func read() throws -> Received? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(socket, &chunk, chunk.count, 0)
      if count < 0 && errno == EAGAIN { throw ClientError(reason: "no answer within a minute") }
      guard count > 0 else { break }
      bytes += chunk[..<count]
    }
    return bytes.isEmpty ? nil : try Pending.parse(bytes)
  }

  /// What has come so far, once it holds so many events; or all there is when the connection was
  /// closed before.
  func events(_ count: Int) throws -> (events: [String], isOpen: Bool) {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let events = Pending.events(in: seen)
      if events.count >= count { return (events, true) }
      let size = recv(socket, &chunk, chunk.count, 0)
      if size < 0 && errno == EAGAIN { throw ClientError(reason: "no event within a minute") }
      guard size > 0 else { return (events, false) }
      seen += chunk[..<size]
    }
  }

  /// The events of a chunked body, without its comments. Each event came as one chunk.
  private static func events(in bytes: [UInt8]) -> [String] {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let head = text.range(of: "\r\n\r\n") else { return [] }
    return text[head.upperBound...].components(separatedBy: "\r\n")
      .filter { $0.hasSuffix("\n\n") && !$0.hasPrefix(":") }
      .map { $0.trimmingCharacters(in: .newlines) }
  }

  private static func parse(_ bytes: [UInt8]) throws -> Received {
    let separator: [UInt8] = [13, 10, 13, 10]
    guard let end = bytes.indices.first(where: { bytes[$0...].starts(with: separator) }) else {
      throw ClientError(reason: "no end of the head")
    }
    let lines = String(decoding: bytes[..<end], as: UTF8.self).components(separatedBy: "\r\n")
    guard let status = lines[0].split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
      throw ClientError(reason: "no status in \(lines[0])")
    }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let body = Array(bytes[(end + 4)...])
    guard status == 204 || headers["content-length"].flatMap({ Int($0) }) == body.count else {
      throw ClientError(reason: "half a body")
    }
    return Received(status: status, headers: headers, body: body)
  }
}

extension Simulator {
  static let token = ["Authorization": "Bearer r8_test"]

  /// Sends without reading.
  /// - Parameter door: the provider whose own port is meant; the main one otherwise.
  func open(
    _ method: String, _ path: String, body: JSON? = nil, headers: [String: String] = token,
    at door: String? = nil
  ) throws -> Pending {
    try open(method, path, bytes: body?.bytes, headers: headers, at: door)
  }

  func open(
    _ method: String, _ path: String, bytes: [UInt8]?, headers: [String: String] = token,
    at door: String? = nil
  ) throws -> Pending {
    let port = door.map { address(of: $0)!.split(separator: ":").last.flatMap { Int($0) }! } ?? port
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if let bytes {
      head += "Content-Type: application/json\r\nContent-Length: \(bytes.count)\r\n"
    }
    return try Pending(port: port, bytes: Array((head + "\r\n").utf8) + (bytes ?? []))
  }

  /// Sends and reads the reply; nil when the connection was closed without one.
  func exchange(
    _ method: String, _ path: String, body: JSON? = nil, headers: [String: String] = token,
    at door: String? = nil
  ) throws -> Received? {
    try open(method, path, body: body, headers: headers, at: door).read()
  }

  /// Sends and reads the reply, which must come.
  func send(
    _ method: String, _ path: String, body: JSON? = nil, headers: [String: String] = token,
    at door: String? = nil
  ) throws -> Received {
    guard let received = try exchange(method, path, body: body, headers: headers, at: door) else {
      throw ClientError(reason: "\(method) \(path) was closed without an answer")
    }
    return received
  }

  /// Submits a prediction and gives back its id.
  func submit(prompt: String, simulate: JSON = [:]) throws -> String {
    let body: JSON = [
      "version": "acme/clip", "input": ["prompt": .string(prompt), "simulate": simulate],
    ]
    let received = try send("POST", "/v1/predictions", body: body)
    guard received.status == 201, let id = try received.json["id"]?.string else {
      throw ClientError(reason: "submit: \(received.status) \(received.text)")
    }
    return id
  }

  func prediction(_ id: String) throws -> JSON {
    let received = try send("GET", "/v1/predictions/\(id)")
    guard received.status == 200 else {
      throw ClientError(reason: "status: \(received.status) \(received.text)")
    }
    return try received.json
  }

  /// The path of one of the simulator's own URLs.
  func path(of url: JSON?, at door: String? = nil) throws -> String {
    let address = door.map { self.address(of: $0)! } ?? address
    guard let text = url?.string, text.hasPrefix(address + "/") else {
      throw ClientError(reason: "\(url?.text ?? "nothing") is not below \(address)")
    }
    return String(text.dropFirst(address.count))
  }

  /// Waits until the counts say so; how long that takes is nobody's business.
  func wait(until isTrue: (JSON) -> Bool) throws {
    for _ in 0..<6000 {
      if isTrue(stats) { return }
      usleep(10_000)
    }
    throw ClientError(reason: "not within a minute: \(stats.text)")
  }
}
