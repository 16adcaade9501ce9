// One look through a provider's list for a job whose submit had no answer. Pure.

import Ledger
import Providers
import Wire

/// What the pages so far have shown.
struct Search {
  let lost: LostJob
  private(set) var pages = 0
  private(set) var items = 0
  private(set) var candidates: [Candidate] = []
  /// The whole window was seen: nothing that may be the job is left unread.
  private(set) var isComplete = false
  private var seen: Set<String> = []

  init(_ lost: LostJob) { self.lost = lost }

  /// Takes a page.
  /// - Returns: the page to ask for next; nil when there is none, or enough was read.
  mutating func take(_ reading: ListReading, pagesMax: Int) -> String? {
    pages += 1
    items += reading.items
    candidates += reading.candidates.filter { seen.insert($0.handle.externalID ?? "").inserted }
    guard reading.isReadable else { return nil }
    isComplete = reading.next == nil || reading.isPast
    return isComplete || pages >= pagesMax ? nil : reading.next
  }

  /// What a person who must look should know.
  /// - Parameter free: candidates that no other job owns.
  func words(_ free: [Candidate]) -> String {
    let seen = "looked at \(items) jobs on \(pages) pages of the provider's list"
    let ids = free.compactMap(\.handle.externalID).map { String($0.prefix(128)) }
    if free.isEmpty { return "\(seen): none is this one, which proves nothing" }
    if free.count == 1, !isComplete {
      return "\(seen): \(ids[0]) may be this one, but there are more pages"
    }
    if free.count == 1 {
      return "\(seen): \(ids[0]) may be this one, or another that asks the same"
    }
    return "\(seen): \(free.count) of them may be this one: \(ids.joined(separator: ", "))"
  }
}
