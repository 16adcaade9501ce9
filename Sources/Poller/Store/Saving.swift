// One output on its way: from the provider to a file, from the file to the store.

import Glibc
import HTTP
import Ledger
import Posix
import Providers
import Wire

/// An attempt to save the next output of a job. Used by the poller's thread.
final class Saving {
  let job: SubjectNumber
  let id: String
  /// Index from 0.
  let index: UInt64
  let output: Observation.Output
  let store: ReadyStore
  let values: StoreKey.Values
  /// Attempts made, this one included.
  let attempts: UInt32
  /// Until when the provider keeps the output.
  let deadline: Timestamp
  let profile: ReadyProfile?

  /// Where the output is fetched from now; a redirect's target after one.
  var url: String
  var redirects = 0
  var resumes = 0
  /// Bytes that were there when the current connection began.
  var mark = 0
  var download: Download?
  var file: WholeFile?

  init(
    _ details: JobDetails, index: UInt64, count: UInt64, output: Observation.Output,
    store: ReadyStore, deadline: Timestamp, profile: ReadyProfile?
  ) {
    job = details.number
    id = details.id
    self.index = index
    self.output = output
    self.store = store
    self.deadline = deadline
    self.profile = profile
    attempts = details.job.storeAttempts + 1
    url = output.url
    values = StoreKey.Values(
      account: details.account, job: details.id, step: details.job.step, index: index,
      count: count, ext: "", submittedAt: details.job.submittedAt ?? Timestamp(microseconds: 0))
  }

  /// The output's name in the store. The same for every attempt.
  func key(of file: WholeFile) -> String {
    var values = values
    values.ext = MediaTypes.ending(
      expected: output.mediaType, url: output.url, received: file.mediaType)
    return store.place.key(store.key.name(of: values))
  }

  /// What the output's files are called in the workshop: known only to those who know its address,
  /// so that no other job's file is ever taken for it.
  var name: String {
    let text = [id, String(index), output.url].joined(separator: "\n")
    return String(Hex.text(SHA256.digest(Array(text.utf8)).bytes).prefix(32))
  }

  var partPath: String { "\(store.workshop)/\(name).part" }

  /// Where a whole file waits: its digest and type are in its name, so that it serves a later
  /// attempt, or another poller's, although the provider has removed the output meanwhile.
  func wholePath(_ file: WholeFile) -> String {
    let type = file.mediaType.map { PathSegment.safe($0) } ?? ""
    return "\(store.workshop)/\(name).\(Hex.text(file.sha256)).\(type)"
  }

  /// The whole file that an earlier attempt left.
  func left() -> WholeFile? {
    let names = (try? FileSystem.list(store.workshop)) ?? []
    for found in names where found.hasPrefix(name + ".") {
      let parts = found.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3, let digest = Hex.bytes(String(parts[1])),
        digest.count == Digest.byteCount, let path = Optional("\(store.workshop)/\(found)"),
        let status = try? FileSystem.status(path)
      else { continue }
      let type = parts[2].replacing("~2F", with: "/")
      return WholeFile(
        path: path, bytes: Int(status.size), sha256: digest,
        mediaType: MediaType.checked(String(type)))
    }
    return nil
  }
}

/// A file of the caller's on its way to the store, before its job is submitted.
struct Attaching: Sendable {
  let job: SubjectNumber
  let id: String
  let key: String
}

/// What is asked of the outside for the store's sake.
enum StoreErrand {
  case fetch(Saving)
  case send(Saving)
  case attach(Attaching)

  var job: SubjectNumber {
    switch self {
    case .fetch(let saving), .send(let saving): saving.job
    case .attach(let attaching): attaching.job
    }
  }
}

/// A transfer of the store's that is ready to leave.
struct StoreDeparture {
  let errand: StoreErrand
  let request: HTTPRequest
  var sink: (any BodySink)?
}

/// What the poller has under way for the store.
struct Storeroom {
  /// Outputs and attachments under way at once.
  static let atOnce = 4
  /// Downloads that broke off and are kept for the next attempt.
  static let brokenMax = 16

  /// Transfers that left, by tag.
  var flights: [UInt64: StoreErrand] = [:]
  /// Jobs with something under way, a commit included.
  var busy: Set<SubjectNumber> = []
  var leaving: [StoreDeparture] = []
  /// Downloads that broke off, by the output's name.
  var broken: [String: Download] = [:]
  /// Attachments that are in the store, by job: known for this poller's life only.
  var attached: [SubjectNumber: Set<String>] = [:]
  var attachFailures: [SubjectNumber: UInt32] = [:]
  /// Jobs whose files cannot go to the store, and why.
  var stuck: [SubjectNumber: String] = [:]
  /// When leftovers are looked for next.
  var tidyAt = Timestamp(microseconds: 0)
  /// The store as this turn sees it.
  var answer: StoreAnswer?

  var hasRoom: Bool { busy.count < Storeroom.atOnce }

  mutating func keep(_ download: Download, as name: String) {
    if broken.count >= Storeroom.brokenMax, let other = broken.keys.first {
      broken[other] = nil
    }
    broken[name] = download
  }
}
