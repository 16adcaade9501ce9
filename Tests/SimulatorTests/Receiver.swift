// A webhook receiver on loopback: keeps what came, answers as told.
import Foundation
import Glibc
import Synchronization
import Wire

final class Receiver: Sendable {
  struct Message: Sendable {
    let path: String
    /// By lower-case name.
    let headers: [String: String]
    let body: [UInt8]
    var json: JSON { get throws { try JSON(parsing: body) } }
  }

  let port: Int
  private let socket: Int32
  private let messages = Mutex<[Message]>([])
  /// Statuses to answer with, in order; the last one stays.
  private let statuses: Mutex<[Int]>

  init(statuses: [Int] = [200]) throws {
    self.statuses = Mutex(statuses)
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = INADDR_LOOPBACK.bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && listen(socket, 16) == 0
          && getsockname(socket, $0, &size) == 0
      }
    }
    guard isListening else { throw ClientError(reason: "no receiver: \(errno)") }
    self.socket = socket
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [self] in
      while true {
        let connection = accept(socket, nil, nil)
        guard connection >= 0 else { return }
        serve(connection)
        close(connection)
      }
    }
  }

  var url: String { "http://127.0.0.1:\(port)/hook" }

  /// Ends it; its thread lets go.
  func stop() {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
  }

  var all: [Message] { messages.withLock { $0 } }

  /// Waits until so many messages came.
  func wait(for count: Int) throws -> [Message] {
    for _ in 0..<6000 {
      let all = all
      if all.count >= count { return all }
      usleep(10_000)
    }
    throw ClientError(reason: "\(all.count) messages within a minute, not \(count)")
  }

  private func serve(_ connection: Int32) {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = recv(connection, &chunk, chunk.count, 0)
      guard count > 0 else { return }
      bytes += chunk[..<count]
      guard let message = Receiver.parse(bytes) else { continue }
      let status = statuses.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
      let answer = Array(
        "HTTP/1.1 \(status) X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
      messages.withLock { $0.append(message) }
      _ = send(connection, answer, answer.count, Int32(MSG_NOSIGNAL))
      return
    }
  }

  private static func parse(_ bytes: [UInt8]) -> Message? {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else { return nil }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts.last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let start = text[..<end.upperBound].utf8.count
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    guard bytes.count >= start + length else { return nil }
    let path = lines[0].split(separator: " ")[1]
    return Message(
      path: String(path), headers: headers, body: Array(bytes[start..<start + length]))
  }
}
