// Streams that are cut, clients that do not read, and many at once (FAULTS, F17 and F18).

import Foundation
import HTTPServer
import Ledger
import Posix
import Support
import Testing
import Wire

@testable import Server

@Suite("Cut streams") struct CutTests {
  /// How often a stream is cut; `LEDGER_CUTS` says otherwise.
  private static let cuts =
    ProcessInfo.processInfo.environment["LEDGER_CUTS"].flatMap { Int($0) } ?? 1000

  private func busy(_ house: House, events: Int) throws {
    try house.give(.start())
    try house.give(.accept())
    let commands = (0..<events).map { number in
      let id = number % 5 == 4 ? House.foreignJob : "j1"
      return Command(.check(id), actor: .cli, by: "tester")
    }
    for result in try house.books.append(commands) { _ = try result.get() }
  }

  @Test(
    "a stream that is cut after every event misses none and doubles none",
    arguments: ["/v1/jobs/j1/events", "/v1/events"])
  func everyEvent(_ path: String) throws {
    let house = try House()
    try busy(house, events: 200)
    let all = try house.get("\(path)?limit=1000").json["events"]!.array!
      .map { $0["position"]!.int! }
    var cuts = 0
    while cuts < CutTests.cuts {
      var seen: [Int] = []
      while seen.count < all.count {
        let fields = ["Last-Event-ID": "\(seen.last ?? 0)"]
        let event = try #require(try house.stream(path, fields).next())
        seen.append(event.position)
        cuts += 1
      }
      #expect(seen == all)
    }
  }

  @Test(
    "a stream that is cut anywhere, while events are written, misses none and doubles none", .seeded
  )
  func anywhere() throws {
    let house = try House()
    try busy(house, events: 20)
    var random = Seed.generator(for: "cuts")
    let writer = Thread {
      for number in 0..<300 {
        _ = try? house.give(number % 3 == 0 ? .check(House.foreignJob) : .check())
      }
      _ = try? house.give(.cancel(House.foreignJob))
    }
    writer.start()
    var seen: [Int] = []
    var hasEnded = false
    while !hasEnded {
      let reader = try house.stream(
        "/v1/events", ["Last-Event-ID": "\(seen.last ?? 0)"])
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        let event = try #require(try reader.next())
        seen.append(event.position)
        hasEnded = event.json["type"] == "job.canceled"
        if hasEnded { break }
      }
    }
    #expect(seen == Array(1...seen.count))
  }

  @Test("a client that does not read costs the others nothing and finds everything later")
  func slow() throws {
    let house = try House { $0.bounds.sendBufferBytes = 8 << 10 }
    let words = String(repeating: "x", count: 3000)
    let slow = try EventReader(
      port: house.port, "/v1/events?after=0", ["Accept": "text/event-stream"], receiveBytes: 4096)
    let quick = try house.stream("/v1/events?after=0")
    for batch in 0..<20 {
      let commands = (0..<600).map { number in
        Command(
          .job("j1", .check(reason: "\(batch).\(number) \(words)")), actor: .cli, by: "tester")
      }
      for result in try house.books.append(commands) { _ = try result.get() }
    }
    let head = Int(try house.head)
    #expect(head > 12_000)
    #expect(try quick.next(head).map(\.position) == Array(1...head))
    #expect(try house.get("/v1/jobs/j1").status == 200)
    // It has long fallen behind what is remembered, and goes on from the log.
    #expect(try slow.next(head).map(\.position) == Array(1...head))
  }

  @Test("a client that does not read for too long is dropped, and can resume")
  func dropped() throws {
    let house = try House {
      $0.bounds.sendBufferBytes = 8 << 10
      $0.bounds.idleSeconds = Int(Patience.seconds(1))
      $0.heartbeatSeconds = 0.2
    }
    let words = String(repeating: "x", count: 3000)
    let commands = (0..<2000).map { number in
      Command(.job("j1", .check(reason: "\(number) \(words)")), actor: .cli, by: "tester")
    }
    for result in try house.books.append(commands) { _ = try result.get() }
    let slow = try EventReader(
      port: house.port, "/v1/events?after=0", ["Accept": "text/event-stream"], receiveBytes: 4096)
    let end = Patience.end(after: 30, from: Clock.bootMicroseconds())
    while house.server.streams > 0, Clock.bootMicroseconds() < end { usleep(20_000) }
    #expect(house.server.streams == 0)
    var seen = try slow.rest().map(\.position)
    #expect(!slow.isWhole && seen == Array(1..<seen.count + 1))
    let head = Int(try house.head)
    // Where everything is slow, a client that reads may be dropped, too: it comes again.
    for _ in 0..<50 where seen.count < head {
      let again = try house.stream("/v1/events", ["Last-Event-ID": "\(seen.count)"])
      seen += try again.next(head - seen.count).map(\.position)
    }
    #expect(seen == Array(1...head))
  }

  @Test("hundreds follow at once, each gets every event, and those who leave are forgotten")
  func many() throws {
    let house = try House { $0.heartbeatSeconds = 0.2 }
    var readers = try (0..<500).map { _ in try house.stream("/v1/jobs/j1/events") }
    for reader in readers { #expect(try reader.next()?.name == "snapshot") }
    for _ in 0..<5 { try house.give(.check()) }
    try house.give(.cancel())
    let last = Int(try house.head)
    for reader in readers {
      let seen = try reader.rest()
      #expect(seen.count == 8 && seen.last?.name == "end" && seen.last?.position == last)
    }
    readers = try (0..<100).map { _ in try house.stream("/v1/events") }
    for reader in readers { #expect(try reader.next()?.name == "snapshot") }
    readers = []
    let end = Patience.end(after: 30, from: Clock.bootMicroseconds())
    while house.server.streams > 0, Clock.bootMicroseconds() < end { usleep(20_000) }
    #expect(house.server.streams == 0)
  }
}
