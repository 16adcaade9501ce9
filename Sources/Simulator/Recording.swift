// Recorded traffic of a provider, read from a file: requests and the replies they got.
import Wire

/// Recorded exchanges, cut into tapes: a submit and everything that followed about its job.
package struct Recording: Sendable, Equatable {
  /// A recorded reply.
  struct Take: Sendable, Equatable {
    let status: Int
    let headers: [JSONObject.Member]
    /// A string stands for raw bytes, everything else for JSON; null is an empty body.
    let body: JSON
  }

  /// What is played together.
  struct Tape: Sendable, Equatable {
    /// The recorded submit; nil for a recording that begins later in a job's life.
    let submit: (path: String, version: JSON?, input: JSON?)?
    let reply: Take?
    /// `METHOD /path` → replies in recorded order.
    var followUps: [String: [Take]] = [:]
    /// The job's id in the submit's reply.
    let id: String?

    static func == (left: Tape, right: Tape) -> Bool {
      left.reply == right.reply && left.followUps == right.followUps && left.id == right.id
        && left.submit?.path == right.submit?.path && left.submit?.input == right.submit?.input
    }
  }

  /// The file's name, for messages.
  package let name: String
  let tapes: [Tape]
  /// `https://host` of every recorded request: what stands for the provider in its replies.
  let origins: [String]

  /// Exchanges in one recording.
  static let exchangesMax = 10_000

  /// Reads an object with `exchanges`, a list of `{"request": {"method", "url", "body"},
  /// "response": {"status", "headers", "body"}}`; other members are ignored.
  /// - Throws: `SimulatorError.badRecording` that says where the text is not as it should be.
  package init(name: String, parsing bytes: [UInt8]) throws(SimulatorError) {
    func refuse(_ reason: String) -> SimulatorError { .badRecording(name: name, reason: reason) }
    let document: JSON
    do {
      document = try JSON(parsing: bytes)
    } catch {
      throw refuse(error.description)
    }
    guard let exchanges = document["exchanges"]?.array, !exchanges.isEmpty else {
      throw refuse("no exchanges to play")
    }
    guard exchanges.count <= Recording.exchangesMax else {
      throw refuse("more than \(Recording.exchangesMax) exchanges")
    }
    var origins: [String] = []
    var tapes: [Tape] = []
    for (index, exchange) in exchanges.enumerated() {
      guard let method = exchange["request"]?["method"]?.string,
        let url = exchange["request"]?["url"]?.string, let place = Recording.split(url),
        let status = exchange["response"]?["status"]?.int, (200...599).contains(status)
      else { throw refuse("/exchanges/\(index) has no method, http URL or final status") }
      if !origins.contains(place.origin) { origins.append(place.origin) }
      let take = Take(
        status: status, headers: exchange["response"]?["headers"]?.object?.members ?? [],
        body: exchange["response"]?["body"] ?? .null)
      let request = exchange["request"]?["body"]
      Recording.add(take, method: method, path: place.path, request: request, to: &tapes)
    }
    self.name = name
    self.tapes = tapes
    self.origins = origins
  }

  /// A POST whose path names no job known so far is a submit. Everything else belongs to the tape
  /// whose id stands in its path, else to the last one.
  private static func add(
    _ take: Take, method: String, path: String, request: JSON?, to tapes: inout [Tape]
  ) {
    let segments = path.split(separator: "/").map(String.init)
    let owner = tapes.lastIndex { $0.id.map(segments.contains) ?? false }
    if method == "POST", owner == nil {
      let id = take.body["id"]?.string ?? take.body["request_id"]?.string
      tapes.append(
        Tape(
          submit: (path, request?["version"], request?["input"]), reply: take, id: id))
      return
    }
    if tapes.isEmpty { tapes.append(Tape(submit: nil, reply: nil, id: nil)) }
    tapes[owner ?? tapes.count - 1].followUps["\(method) \(path)", default: []].append(take)
  }

  /// `https://host/path?query` → its origin and its path without query.
  private static func split(_ url: String) -> (origin: String, path: String)? {
    guard let scheme = ["https://", "http://"].first(where: url.hasPrefix) else { return nil }
    let hostStart = url.index(url.startIndex, offsetBy: scheme.count)
    let hostEnd = url[hostStart...].firstIndex { "/?#".contains($0) } ?? url.endIndex
    guard hostEnd > hostStart else { return nil }
    let path = url[hostEnd...].prefix { $0 != "?" && $0 != "#" }
    return (String(url[..<hostEnd]), path.isEmpty ? "/" : String(path))
  }
}
