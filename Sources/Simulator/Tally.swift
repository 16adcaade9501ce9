// What arrived and what it would have cost: the simulator as a witness against its clients.
import Wire

/// Counts of requests, faults and submits.
struct Tally: Sendable {
  /// The POSTs for one piece of work.
  struct Submit: Sendable, Equatable {
    let provider: String
    let identity: String
    /// POSTs that arrived whole.
    var posts = 0
    /// Jobs they created; each is billed.
    var jobs = 0
    /// POSTs answered so that the client knows no job was made.
    var refused = 0
    /// POSTs that came although an earlier one was not refused: a repetition without proof.
    var withoutProof = 0
    /// The provider honours the key that names it: a repetition is answered as the first was.
    var hasKey: Bool { identity.hasPrefix("key ") }
    /// What must never happen (PRODUCT.md, "A job's life", rule 3).
    var isTwice: Bool { jobs > 1 || withoutProof > 0 && !hasKey }
  }

  /// Statuses after which a client may submit again (PRODUCT.md, "A job's life", rule 3); 413 was
  /// never read to its end.
  private static let proofs: Set<Int> = [400, 401, 402, 403, 404, 413, 422, 429]

  private let limit: Int
  /// Route → status or "dropped" → requests.
  private(set) var requests: [String: [String: Int]] = [:]
  private(set) var faults: [String: Int] = [:]
  /// In order of first arrival.
  private(set) var submits: [Submit] = []
  /// POSTs beyond the bound, counted but not told apart.
  private(set) var untracked = 0
  /// Clients that closed the connection while their answer was held back.
  private(set) var leftWhileWaiting = 0
  private var places: [String: Int] = [:]

  init(limit: Int) { self.limit = limit }

  mutating func note(fault: String) { faults[fault, default: 0] += 1 }

  mutating func noteLeft() { leftWhileWaiting += 1 }

  mutating func note(route: String, status: String) {
    requests[route, default: [:]][status, default: 0] += 1
  }

  /// A POST arrived. Called before anything is decided about it.
  mutating func arrived(provider: String, identity: String) {
    let key = provider + " " + identity
    let place: Int
    if let known = places[key] {
      place = known
    } else if submits.count < limit {
      place = submits.count
      places[key] = place
      submits.append(Submit(provider: provider, identity: identity))
    } else {
      untracked += 1
      return
    }
    if submits[place].posts > submits[place].refused { submits[place].withoutProof += 1 }
    submits[place].posts += 1
  }

  /// What became of the POST that arrived last; `status` is nil when no answer is sent (yet).
  mutating func settled(provider: String, identity: String, status: Int?, newJobs: Int) {
    guard let place = places[provider + " " + identity] else { return }
    submits[place].jobs += newJobs
    if let status, Tally.proofs.contains(status) { submits[place].refused += 1 }
  }
}
