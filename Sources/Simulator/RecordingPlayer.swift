// Plays recordings: every request that a tape knows gets the next reply that was recorded for it.
import Wire

/// Where each tape stands.
struct RecordingPlayer: Sendable {
  private struct Deck: Sendable {
    let tape: Recording.Tape
    let origins: [String]
    /// True once its submit was played, or from the start when it has none.
    var isRunning: Bool
    /// Replies played for each `METHOD /path`.
    var played: [String: Int] = [:]
  }

  /// A reply from a tape.
  struct Played: Sendable {
    let reply: Reply
    /// Whether it answers a submit by creating a job.
    let createsJob: Bool
  }

  private var decks: [Deck] = []
  /// `METHOD /path` → the running deck that answers it.
  private var byRequest: [String: Int] = [:]

  init(_ recordings: [Recording]) {
    for recording in recordings {
      for tape in recording.tapes {
        decks.append(Deck(tape: tape, origins: recording.origins, isRunning: false))
        if tape.submit == nil { start(decks.count - 1) }
      }
    }
  }

  private mutating func start(_ index: Int) {
    decks[index].isRunning = true
    for key in decks[index].tape.followUps.keys { byRequest[key] = index }
  }

  /// The recorded reply, its URLs pointing to `address`; nil when no tape knows the request.
  mutating func reply(to request: Request, address: String) -> Played? {
    let key = "\(request.method) \(request.path)"
    if let index = byRequest[key], let takes = decks[index].tape.followUps[key] {
      let place = decks[index].played[key, default: 0]
      decks[index].played[key] = place + 1
      let take = takes[min(place, takes.count - 1)]
      return Played(reply: render(take, decks[index].origins, address), createsJob: false)
    }
    guard request.method == "POST", let index = deck(for: request),
      let take = decks[index].tape.reply
    else { return nil }
    start(index)
    return Played(
      reply: render(take, decks[index].origins, address),
      createsJob: (200...299).contains(take.status))
  }

  /// The unused tape whose submit was the same, else the next unused one of the same shape.
  private func deck(for request: Request) -> Int? {
    let unused = decks.indices.filter { index in
      guard !decks[index].isRunning, let submit = decks[index].tape.submit else { return false }
      return RecordingPlayer.shape(submit.path) == RecordingPlayer.shape(request.path)
    }
    let same = unused.first { index in
      guard let submit = decks[index].tape.submit else { return false }
      return submit.path == request.path
        && RecordingPlayer.same(submit.version, request.json?["version"])
        && RecordingPlayer.same(submit.input, request.json?["input"])
    }
    return same ?? unused.first
  }

  /// Equal values whatever the order of their members.
  private static func same(_ left: JSON?, _ right: JSON?) -> Bool {
    left?.canonicalBytes == right?.canonicalBytes
  }

  /// A path without the names of models, owners and deployments: `/v1/models/*/*/predictions`.
  private static func shape(_ path: String) -> [Substring] {
    var segments = path.split(separator: "/")
    if segments.count >= 4, segments[1] == "models" || segments[1] == "deployments" {
      segments[2] = "*"
      segments[3] = "*"
    }
    return segments
  }

  /// Fields that describe the recorded connection, not the reply.
  private static let connectionFields: Set<String> = [
    "connection", "content-encoding", "content-length", "date", "keep-alive", "transfer-encoding",
  ]

  private func render(
    _ take: Recording.Take, _ origins: [String], _ address: String
  ) -> Reply {
    var reply: Reply
    switch take.body {
    case .null: reply = Reply(take.status, type: "application/json", body: [])
    case .string(let raw): reply = Reply(take.status, type: "text/plain", body: Array(raw.utf8))
    default: reply = .json(take.status, rewritten(take.body, origins, address))
    }
    for field in take.headers {
      guard let value = field.value.string,
        !RecordingPlayer.connectionFields.contains(field.name.lowercased()),
        value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
      else { continue }
      reply.headers.removeAll { $0.name.lowercased() == field.name.lowercased() }
      reply.headers.append((field.name, value))
    }
    return reply
  }

  /// The same value with URLs of the provider's API pointing here. Output URLs are on other hosts
  /// and stay as they were recorded.
  private func rewritten(_ value: JSON, _ origins: [String], _ address: String) -> JSON {
    switch value {
    case .string(let text):
      for origin in origins where text == origin || text.hasPrefix(origin + "/") {
        return .string(address + text.dropFirst(origin.count))
      }
      return value
    case .array(let items): return .array(items.map { rewritten($0, origins, address) })
    case .object(let object):
      return .object(
        JSONObject(
          object.members.map { JSONObject.Member($0.name, rewritten($0.value, origins, address)) }))
    default: return value
    }
  }
}
