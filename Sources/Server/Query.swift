// A request's query, read strictly: what is misspelt is refused, not ignored.

import HTTPServer
import Ledger
import Wire

/// The query members of a call.
struct Query {
  private let request: ServerRequest
  private let now: Timestamp

  /// - Parameter names: what the route knows.
  /// - Throws: `Problem` for any other member, and for one given twice that may not be.
  init(_ call: Call, _ names: [String]) throws(Problem) {
    request = call.request
    now = call.now
    guard let members = request.query else { throw .invalid("the query is not well encoded") }
    var seen: [String] = []
    for (name, _) in members {
      guard names.contains(name) else {
        throw .invalid("the query member \"\(name.prefix(64))\" is not known here")
      }
      guard name == "meta" || !seen.contains(name) else {
        throw .invalid("the query names \"\(name)\" twice")
      }
      seen.append(name)
    }
  }

  /// A time or a position as text.
  private static let timeBytes = 64

  static let selectorNames = [
    "account", "provider", "model", "state", "meta", "since", "until", "limit",
  ]

  func text(_ name: String) -> String? { request.argument(name) }

  /// An account's id.
  func account() throws(Problem) -> String? {
    guard let text = text("account") else { return nil }
    guard AccountPattern(text) != nil, !text.contains("*") else {
      throw .invalid("account is no account's id")
    }
    return text
  }

  /// A name of at most so many bytes.
  private func name(_ name: String, _ bytesMax: Int) throws(Problem) -> String? {
    guard let text = text(name) else { return nil }
    guard text.utf8.count <= bytesMax else {
      throw .invalid("\(name) is longer than \(bytesMax) bytes")
    }
    return text
  }

  /// `true`; false when it is `false` or was not given.
  func flag(_ name: String) throws(Problem) -> Bool {
    guard let text = text(name) else { return false }
    guard let value = ["true": true, "false": false][text] else {
      throw .invalid("\(name) is true or false")
    }
    return value
  }

  func integer(
    _ name: String, in range: ClosedRange<Int>
  ) throws(Problem) -> Int? {
    guard let text = text(name) else { return nil }
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let value = Int(text),
      range.contains(value)
    else {
      throw .invalid("\(name) is no whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A position; positions stay below 2^53, so that JavaScript can hold them.
  func position(_ name: String) throws(Problem) -> Position? {
    try integer(name, in: 0...(1 << 53) - 1).map { Position($0) }
  }

  func limit() throws(Problem) -> Int { try integer("limit", in: 1...1000) ?? 100 }

  func time(_ name: String) throws(Problem) -> Timestamp? {
    guard let text = try self.name(name, Query.timeBytes) else { return nil }
    guard let time = PositionOrTime(text, now: now)?.time else {
      throw .invalid("\(name) is no RFC 3339 time, date or age such as 7d")
    }
    return time
  }

  /// The position that `as_of` names; nil when it was not given.
  func asOf(_ snapshot: borrowing Snapshot) throws -> Position? {
    guard let text = try name("as_of", Query.timeBytes) else { return nil }
    guard let place = PositionOrTime(text, now: now) else {
      throw Problem.invalid("as_of is no position, RFC 3339 time, date or age such as 7d")
    }
    return try snapshot.position(of: place)
  }

  func selector() throws(Problem) -> Selector {
    var selector = try Selector(
      account: account(), provider: name("provider", Limits.nameBytes),
      model: name("model", Limits.wordBytes),
      since: time("since"), until: time("until"))
    for name in (text("state") ?? "").split(separator: ",") {
      guard let state = JobState(name: String(name)), state != .none else {
        throw .invalid("\"\(name.prefix(64))\" is no state")
      }
      selector.states.append(state)
    }
    for (name, value) in request.query ?? [] where name == "meta" {
      let pair = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard pair.count == 2, !pair[0].isEmpty else { throw .invalid("meta is no KEY=VALUE") }
      selector.meta.append(JSONObject.Member(String(pair[0]), .string(String(pair[1]))))
    }
    return selector
  }
}
