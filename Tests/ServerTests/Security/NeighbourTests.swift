// What one account learns of its neighbours: nothing, whatever their names begin with, wherever it
// asks and whichever proof it brings.

import Ledger
import Support
import Testing
import Wire

@testable import Server

/// A token's pattern beside an account that is its own and one that only looks like it.
struct Neighbours: Sendable, CustomTestStringConvertible {
  let pattern: String
  let own: String
  let foreign: String

  var testDescription: String { "\(pattern) is not for \(foreign)" }

  static let all = [
    Neighbours(pattern: "acme", own: "acme", foreign: "acme2"),
    Neighbours(pattern: "acme", own: "acme", foreign: "acme/team"),
    Neighbours(pattern: "acme", own: "acme", foreign: "ACME"),
    Neighbours(pattern: "acme", own: "acme", foreign: "acm"),
    Neighbours(pattern: "acme/*", own: "acme/team", foreign: "acmex"),
    Neighbours(pattern: "acme/*", own: "acme/team", foreign: "acme"),
    Neighbours(pattern: "acme/*", own: "acme/team", foreign: "acme2/team"),
    Neighbours(pattern: "acme/*", own: "acme/team", foreign: "x/acme/team"),
  ]
}

@Suite("Neighbours") struct NeighbourTests {
  /// As long as the foreign names below, so that two answers can be compared byte for byte.
  private static func missing(like name: String) -> String {
    String(repeating: "z", count: name.utf8.count)
  }

  private func house(_ neighbours: Neighbours) throws -> (House, token: String) {
    let token = House.token(accounts: [neighbours.pattern])
    let house = try House(tokens: [token.kept])
    for (account, job) in [(neighbours.own, "own-job"), (neighbours.foreign, "their-job")] {
      try house.give(.grant("100", to: account, reason: "secret-of-\(job)"))
      try house.give(.submit(job, account: account, input: ["say": .string("secret-of-\(job)")]))
    }
    return (house, token.text)
  }

  /// The operation's address with these names in it.
  private func target(_ operation: Description.Operation, job: String, account: String) -> String {
    operation.path.replacing("{job}", with: job)
      .replacing("{account}", with: account.replacing("/", with: "%2F"))
      .replacing("{provider}", with: "replicate")
  }

  /// Status, fields and body, without what differs by itself: the time and the name asked for.
  private func shape(_ reply: WebReply, without name: String) -> String {
    let fields = reply.fields.filter { $0.name != "date" }.map { "\($0.name): \($0.value)" }
    return ([String(reply.status)] + fields + [reply.text]).joined(separator: "\n")
      .replacing(name, with: "NAME")
  }

  @Test(
    "a foreign job or account is answered as a missing one, byte for byte, by every operation",
    arguments: Neighbours.all)
  func foreignIsMissing(_ neighbours: Neighbours) throws {
    let (house, token) = try house(neighbours)
    let head = try house.head
    let absent = (
      job: Self.missing(like: "their-job"), account: Self.missing(like: neighbours.foreign)
    )
    for operation in MatrixTests.closed where operation.path.contains("{") {
      let isJob = operation.path.contains("{job}")
      let body: JSON? = operation.method == "POST" ? MatrixTests.body(operation) : nil
      for accept in ["application/json", "text/event-stream", "text/csv"] {
        let foreign = try house.ask(
          operation.method,
          target(operation, job: "their-job", account: neighbours.foreign), ["Accept": accept],
          json: body, token: token)
        let none = try house.ask(
          operation.method, target(operation, job: absent.job, account: absent.account),
          ["Accept": accept], json: body, token: token)
        #expect(foreign.status == 404, "\(operation.testDescription): \(foreign.text)")
        #expect(
          shape(foreign, without: isJob ? "their-job" : neighbours.foreign)
            == shape(none, without: isJob ? absent.job : absent.account),
          "\(operation.testDescription)")
      }
    }
    #expect(try house.head == head, "nothing was written")
  }

  @Test("one's own is open to the same token, and nothing of the neighbour is in any answer")
  func ownIsOpen() throws {
    for neighbours in Neighbours.all {
      let (house, token) = try house(neighbours)
      for operation in MatrixTests.closed {
        guard !["audit", "metrics"].contains(operation.id) else { continue }
        let body: JSON? = operation.method == "POST" ? MatrixTests.body(operation) : nil
        let account: [String: JSON] = ["account": .string(neighbours.own)]
        let isNew = ["submitJob", "trackJob"].contains(operation.id)
        let reply = try house.ask(
          operation.method, target(operation, job: "own-job", account: neighbours.own),
          json: isNew ? body?.adding(account) : body, token: token)
        #expect(![401, 403, 404].contains(reply.status), "\(operation): \(reply.text)")
        #expect(!reply.text.contains("their-job"), "\(operation.testDescription)")
      }
    }
  }

  @Test("lists asked for a foreign account are 404, as for one that is missing")
  func foreignInQuery() throws {
    for neighbours in Neighbours.all {
      let (house, token) = try house(neighbours)
      for path in ["/v1/jobs", "/v1/events", "/v1/incidents"] {
        let foreign = neighbours.foreign.replacing("/", with: "%2F")
        let absent = Self.missing(like: neighbours.foreign)
        let reply = try house.get("\(path)?account=\(foreign)", token: token)
        let none = try house.get("\(path)?account=\(absent)", token: token)
        #expect(reply.status == 404, "\(path): \(reply.text)")
        #expect(shape(reply, without: neighbours.foreign) == shape(none, without: absent))
      }
    }
  }

  @Test("a stream shows nothing of the neighbour, wherever it is taken up again")
  func streams() throws {
    for neighbours in Neighbours.all {
      let (house, token) = try house(neighbours)
      let head = try house.head
      for cursor in 0...head {
        for (query, fields) in [
          ("?after=\(cursor)", [:]), ("", ["Last-Event-ID": "\(cursor)"]),
          ("?after=\(head)", ["Last-Event-ID": "\(cursor)"]),
        ] as [(String, [String: String])] {
          let theirs = try house.stream("/v1/jobs/their-job/events\(query)", fields, token: token)
          #expect(theirs.head.status == 404)
          let reader = try house.stream("/v1/events\(query)", fields, token: token)
          try house.give(.check("their-job"))
          let last = try house.give(.check("own-job")).position
          while let event = try reader.next(), event.position < last {}
          let text = String(decoding: reader.bytes, as: UTF8.self)
          #expect(!text.contains("their-job"), "\(neighbours) from \(cursor)")
        }
      }
    }
  }

  @Test("a ticket opens what its own token may see, and nothing else")
  func tickets() throws {
    for neighbours in Neighbours.all {
      let (house, token) = try house(neighbours)
      func ticket() throws -> String {
        try house.post("/v1/stream-tickets", token: token).json["ticket"]?.string ?? ""
      }
      let theirs = "/v1/jobs/their-job/events?ticket="
      #expect(try house.stream(theirs + ticket()).head.status == 404)
      let reader = try house.stream("/v1/events?after=0&ticket=\(ticket())")
      try house.give(.check("their-job"))
      let last = try house.give(.check("own-job")).position
      while let event = try reader.next(), event.position < last {}
      #expect(!String(decoding: reader.bytes, as: UTF8.self).contains("their-job"))
    }
  }
}

extension JSON {
  /// An object with more members.
  func adding(_ members: [String: JSON]) -> JSON {
    var object = self.object ?? JSONObject()
    for (name, value) in members { object[name] = value }
    return .object(object)
  }
}
