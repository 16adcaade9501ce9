// Messages that wait for their moment, and what became of those that were sent.
import Wire

/// One message, waiting or on its way.
struct Parcel: Sendable {
  let job: Int
  let kind: String
  var at: Int64
  /// Given when it is first written, so that it stays when the message is sent again.
  let messageID: String
  /// Failed tries so far.
  var tries = 0
  /// Faults that change what it says.
  var isForged = false
  var isOutdated = false
}

/// The simulated providers' outgoing post. Earliest last, so that taking is cheap.
struct Mailbox: Sendable {
  private var parcels: [Parcel] = []
  /// Provider → what happened → messages.
  private(set) var counts: [String: [String: Int]] = [:]

  var nextAt: Int64? { parcels.last?.at }

  mutating func post(_ parcel: Parcel) {
    // The first place from which on everything is earlier or at the same moment.
    var low = 0
    var high = parcels.count
    while low < high {
      let middle = (low + high) / 2
      if parcels[middle].at > parcel.at { low = middle + 1 } else { high = middle }
    }
    parcels.insert(parcel, at: low)
  }

  /// What is due, earliest first.
  mutating func take(_ now: Int64) -> [Parcel] {
    var due: [Parcel] = []
    while let last = parcels.last, last.at <= now { due.append(parcels.removeLast()) }
    return due
  }

  /// A job that is canceled says so now; what it would have said later is moot.
  mutating func recall(job: Int) { parcels.removeAll { $0.job == job } }

  mutating func note(_ provider: String, _ what: String) {
    counts[provider, default: [:]][what, default: 0] += 1
  }
}
