// Streams: a snapshot, every event once and in order, an end.

import Ledger
import Posix
import Support
import Testing
import Wire

@testable import Server

@Suite("Streams") struct StreamTests {
  @Test("a stream begins with the job as it is, goes on with its events and ends with its end")
  func whole() throws {
    let house = try House()
    let head = try house.head
    let reader = try house.stream("/v1/jobs/j1/events")
    #expect(reader.head.status == 200)
    #expect(reader.head.field("content-type") == "text/event-stream")
    #expect(reader.head.field("cache-control") == "no-store, no-transform")
    let snapshot = try #require(try reader.next())
    #expect(snapshot.name == "snapshot" && snapshot.position == Int(head))
    #expect(snapshot.json == (try house.get("/v1/jobs/j1").json))
    try house.give(.start())
    try house.give(.accept())
    try house.give(.submit("other", hold: "0"))
    try house.give(.observe(.succeeded()))
    let rest = try reader.rest()
    #expect(reader.isWhole)
    let log = try house.get("/v1/jobs/j1/events?after=\(head)").json["events"]!.array!
    #expect(rest.dropLast().map(\.json) == log)
    #expect(
      rest.dropLast().allSatisfy { $0.name == "message" && $0.position == $0.json["position"]?.int }
    )
    let end = try #require(rest.last)
    #expect(end.name == "end" && end.json["state"] == "succeeded")
    #expect(end.position == rest.dropLast().last?.position)
    for resumed in ["?after=\(end.position)", "?after=\(try house.head)"] {
      #expect(try house.stream("/v1/jobs/j1/events\(resumed)").head.status == 204)
    }
    let again = ["Last-Event-ID": "\(end.position)"]
    #expect(try house.stream("/v1/jobs/j1/events", again).head.status == 204)
  }

  @Test("who comes after the end gets the snapshot, or what he missed, and the end")
  func late() throws {
    let house = try House()
    try house.give(.cancel())
    let log = try house.get("/v1/jobs/j1/events").json["events"]!.array!
    let replayed = try house.stream("/v1/jobs/j1/events?after=0").rest()
    #expect(replayed.dropLast().map(\.json) == log && replayed.last?.name == "end")
    let fresh = try house.stream("/v1/jobs/j1/events")
    #expect(try fresh.next()?.name == "snapshot")
    #expect(try fresh.next()?.name == "end")
    #expect(try fresh.next() == nil && fresh.isWhole)
  }

  @Test("a job that is saved after its verdict ends its stream when it is saved")
  func storing() throws {
    let house = try House()
    try house.give(.policy("store", "s3://bucket"))
    try house.give(.start())
    try house.give(.accept())
    try house.give(.observe(.succeeded()))
    let reader = try house.stream("/v1/jobs/j1/events?after=0")
    #expect(try house.get("/v1/jobs/j1").json["waiting_for"] != .null)
    try house.give(.startStore())
    try house.give(.stored())
    let all = try reader.rest()
    #expect(all.dropLast().last?.json["type"] == "job.stored")
    #expect(all.last?.name == "end")
    #expect(all.last?.json["outputs"]?.array?.first?["stored"] != .null)
  }

  @Test("Last-Event-ID wins over the address, which a browser cannot change")
  func resumed() throws {
    let house = try House()
    for _ in 0..<5 { try house.give(.check()) }
    let positions = try house.get("/v1/jobs/j1/events").json["events"]!.array!
      .compactMap { $0["position"]?.int }
    let from = positions[2]
    let fields = ["Last-Event-ID": "\(from)"]
    let reader = try house.stream("/v1/jobs/j1/events?after=0", fields)
    #expect(try reader.next(positions.count - 3).map(\.position) == Array(positions[3...]))
  }

  @Test("text of a provider or a client cannot become a message of its own")
  func injection() throws {
    let house = try House()
    let hostile = "x\n\nevent: end\ndata: {}\n\nid: 99999\r\rdata: y\u{2028}\u{0}"
    var seen = Observation.pending()
    seen.word = hostile
    seen.stage = hostile
    seen.fraction = 500_000
    seen.exchange.message = hostile
    try house.give(.start())
    try house.give(.accept())
    try house.give(.observe(seen))
    let body: JSON = ["kind": "seen", "report": ["text": .string(hostile)]]
    _ = try house.post("/v1/jobs/j1/client-reports", body)
    try house.give(.observe(.failed()))
    let all = try house.stream("/v1/jobs/j1/events?after=0").rest()
    let log = try house.get("/v1/jobs/j1/events").json["events"]!.array!
    #expect(all.dropLast().map(\.json) == log)
    #expect(all.filter { $0.name == "end" }.count == 1)
    #expect(log.contains { $0["data"]?["word"]?.string?.contains("event: end") == true })
  }

  @Test("a stream of one account shows nothing of another, whoever acts there")
  func accounts() throws {
    let token = House.token(accounts: ["acme"])
    let house = try House(tokens: [token.kept])
    let reader = try house.stream("/v1/events?after=0", token: token.text)
    for number in 0..<50 {
      try house.give(.check(House.foreignJob))
      try house.give(.grant("1", to: House.foreignAccount))
      if number % 10 == 0 { try house.give(.check()) }
    }
    try house.give(.cancel())
    var seen: [ServerSentEvent] = []
    while let event = try reader.next() {
      seen.append(event)
      if event.json["type"] == "credit.released" { break }
    }
    #expect(seen.filter { $0.json["type"] == "job.check_requested" }.count == 5)
    #expect(seen.allSatisfy { $0.json["account"] == "acme" })
    #expect(!String(decoding: reader.bytes, as: UTF8.self).contains("foreign"))
    let fresh = try house.stream("/v1/events", token: token.text)
    let snapshot = try #require(try fresh.next())
    #expect(snapshot.name == "snapshot" && snapshot.json["jobs"]?["canceled"] == 1)
    #expect(snapshot.json["jobs"]?["submitted"] == 0 && !snapshot.data.contains("foreign"))
  }

  @Test("the filters of an account and of a type hold on the stream")
  func filters() throws {
    let house = try House()
    let reader = try house.stream("/v1/events?after=0&account=acme&type=job.check_requested")
    for _ in 0..<3 {
      try house.give(.check(House.foreignJob))
      try house.give(.check())
    }
    let seen = try reader.next(3)
    #expect(seen.allSatisfy { $0.json["job"] == "j1" && $0.json["type"] == "job.check_requested" })
    #expect(Set(seen.map(\.position)).count == 3)
  }

  @Test("what another process writes comes to those who follow")
  func otherProcess() throws {
    let house = try House()
    let reader = try house.stream("/v1/events")
    #expect(try reader.next()?.name == "snapshot")
    let environment = [
      "LEDGER_HOME": house.temporary.path, "USER": "tester", "PATH": "/usr/bin:/bin",
      "HOME": "/tmp",
    ]
    for number in 1...3 {
      let result = try Binary.ledger.run(["grant", "acme", "\(number)"], environment: environment)
      #expect(result.status == 0, "\(result.error)")
      let event = try #require(try reader.next())
      #expect(event.json["type"] == "credit.granted")
      #expect(event.json["data"]?["amount"]?.string == "\(number)")
    }
  }

  @Test("live lines come to those who follow their job, without a place in the log")
  func live() throws {
    let house = try House()
    let mine = try house.stream("/v1/jobs/j1/events")
    let others = try house.stream("/v1/jobs/\(House.foreignJob)/events")
    #expect(try mine.next()?.name == "snapshot")
    #expect(try others.next()?.name == "snapshot")
    let relay = try LiveRelay(house.temporary.home)
    // The watch on the file begins with the file; a line that comes before it is not promised.
    var line: ServerSentEvent?
    for number in 0..<200 where line == nil {
      let text = "line \(number)\n\nevent: end"
      try relay.append([LiveLine(job: "j1", .log, text, at: house.clock.now)])
      try house.give(.check())
      while let event = try mine.next() {
        if event.name == "live" { line = event }
        if event.json["type"] == "job.check_requested" || line != nil { break }
      }
    }
    let heard = try #require(line)
    #expect(heard.json["job"] == "j1" && heard.json["text"]?.string?.hasPrefix("line ") == true)
    try house.give(.cancel(House.foreignJob))
    #expect(!(try others.rest()).contains { $0.name == "live" })
  }

  @Test("a quiet stream gives signs of life")
  func heartbeat() throws {
    let house = try House { $0.heartbeatSeconds = 0.05 }
    let reader = try house.stream("/v1/jobs/j1/events")
    #expect(try reader.next()?.name == "snapshot")
    let connection = try WebConnection(port: house.port)
    connection.send("GET", "/v1/events?after=\(try house.head)", ["Accept": "text/event-stream"])
    #expect(try connection.head()?.status == 200)
    for _ in 0..<3 { #expect(try connection.chunk() == Array(": \n\n".utf8)) }
  }

  @Test("a stop of the server breaks streams off, and they can be resumed elsewhere")
  func stop() throws {
    let house = try House()
    let reader = try house.stream("/v1/events")
    #expect(try reader.next()?.name == "snapshot")
    house.server.stop()
    #expect(try reader.next() == nil)
  }
}
