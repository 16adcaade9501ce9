// The end of a server: what was answered is in the log, and nobody is left with half an answer.

import Glibc
import Ledger
import Posix
import Support
import Synchronization
import Testing
import Wire

@Suite("The end of a server") struct ShutdownTests {
  /// What a client of many requests saw.
  private struct Seen {
    var answered: [String] = []
    var refused = 0
    var closed = 0
    var odd: [String] = []
  }

  /// Submits one job after the other on one connection, until that is closed.
  private static func submit(_ name: String, port: Int, _ seen: borrowing Mutex<Seen>) {
    guard let client = try? RawClient(port: port) else {
      return seen.withLock { $0.refused += 1 }
    }
    for number in 0..<100_000 {
      let id = "\(name)-\(number)"
      let job: JSON = [
        "id": .string(id), "provider": "replicate", "account": "acme", "hold": "0", "input": [:],
      ]
      let body = String(decoding: job.bytes, as: UTF8.self)
      let head = "POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      let isSent =
        (try? client.send("\(head)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")) != nil
      guard isSent, let reply = client.reply() else {
        return seen.withLock { $0.closed += 1 }
      }
      let isLast = reply.head.contains("connection: close")
      seen.withLock { seen in
        if reply.status == 202 { seen.answered.append(id) } else { seen.odd.append(reply.head) }
      }
      if isLast { return }
    }
  }

  @Test("ended under load: every answer counts, every other client finds its connection closed")
  func underLoad() throws {
    let house = try ServedHome(["--poll", "--rate", "0"])
    let seen = Shared(Mutex(Seen()))
    let stream = try RawClient(port: house.port)
    try stream.send(
      "GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n")
    var workers: [Worker] = []
    for index in 0..<8 {
      let worker = Worker()
      worker.start(named: "client") { [port = house.port] in
        ShutdownTests.submit("c\(index)", port: port, seen.value)
      }
      workers.append(worker)
    }
    while seen.value.withLock({ $0.answered.count }) < 50 { usleep(2000) }
    house.server.signal(SIGTERM)
    let end = house.server.wait()
    for worker in workers { worker.join() }
    #expect(end.status == 0, "\(end.error)")
    let result = seen.value.withLock { $0 }
    #expect(result.odd.isEmpty, "\(result.odd)")
    #expect(result.answered.count >= 50)
    let kept = Set(try house.home.json("status").compactMap { $0["job"]?.string })
    #expect(kept.isSuperset(of: result.answered))

    let told = String(decoding: stream.readToEnd(), as: UTF8.self)
    #expect(told.contains(": the server is ending\nretry: 1000\n\n"))
    #expect(told.hasSuffix("\r\n0\r\n\r\n"), "a whole reply")
    #expect(throws: PosixError.self) { try RawClient(port: house.port) }
    let verified = try house.home.ledger("verify")
    #expect(verified.status == 0)
  }

  @Test("who waits for a job is answered with what there is")
  func waiting() throws {
    let house = try ServedHome()
    _ = try house.home.ledger(
      "submit", "--provider", "replicate", "--account", "acme", "--hold", "0", "--id", "j",
      "--input", "{}")
    let tag = try #require(
      try house.get("/v1/jobs/j").head.split(separator: "etag: ").last?.prefix { !$0.isNewline })
    let client = try RawClient(port: house.port)
    try client.send(
      "GET /v1/jobs/j HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: \(tag)\r\n"
        + "Prefer: wait=50\r\n\r\n"
    )
    // The request is in once the server counts it among those who follow.
    for _ in 0..<1500 {
      if try PrometheusText(house.get("/metrics").body).value("ledger_streams_open") == 1 { break }
      usleep(20_000)
    }
    house.server.signal(SIGTERM)
    let reply = try #require(client.reply())
    #expect(reply.status == 304 && reply.head.contains("connection: close"))
    #expect(house.server.wait().status == 0)
  }

  @Test("a client that stops in the middle of its request does not keep the server for ever")
  func halfARequest() throws {
    let house = try ServedHome()
    let client = try RawClient(port: house.port)
    try client.send("POST /v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
    // Behind an answer to another client this one has been read, too.
    _ = try house.get("/livez")
    house.server.signal(SIGTERM)
    #expect(house.server.wait().status == 0)
    #expect(client.readToEnd().isEmpty)
  }
}

/// Lets threads share what is not copied.
private final class Shared<Value: ~Copyable & Sendable>: Sendable {
  let value: Value
  init(_ value: consuming Value) { self.value = value }
}
