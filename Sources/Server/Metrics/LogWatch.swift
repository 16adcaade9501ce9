// What is counted over the log while the server runs, in a thread of its own, so that no stream
// waits for it: charges without evidence, from the first event on, and providers' replies since
// the start.

import Glibc
import Ledger
import Posix
import Synchronization

/// The counts, at most a second behind.
final class LogWatch: Sendable {
  /// Between two looks, milliseconds.
  private static let lookMilliseconds: Int32 = 1000

  private struct State {
    var captures = CaptureWatch()
    var replies: ReplyTally
    var isStopped = false
  }

  private let books: Books
  private let state: Mutex<State>
  private let waker: Waker
  private let worker = Worker()
  private let report: @Sendable (String) -> Void

  /// - Parameter report: called when a charge has no evidence, or when the log cannot be read.
  init(_ books: Books, report: @escaping @Sendable (String) -> Void) throws {
    self.books = books
    self.report = report
    waker = try Waker()
    state = Mutex(State(replies: ReplyTally(after: try books.read { $0.head })))
    worker.start(named: "ledger-figures") { [unowned self] in self.run() }
  }

  var now: (captures: CaptureWatch, replies: ReplyTally) {
    state.withLock { ($0.captures, $0.replies) }
  }

  func stop() {
    state.withLock { $0.isStopped = true }
    waker.wake()
    worker.join()
  }

  private func run() {
    var isTold = false
    while !state.withLock({ $0.isStopped }) {
      do {
        if try look() { continue }
        isTold = false
      } catch {
        if !isTold { report("the log cannot be read for its figures: \(error)") }
        isTold = true
      }
      var descriptor = pollfd(fd: waker.fileDescriptor, events: Int16(POLLIN), revents: 0)
      _ = unsafe poll(&descriptor, 1, LogWatch.lookMilliseconds)
    }
  }

  /// Looks at the next few events, without holding the lock meanwhile: nobody else changes counts.
  /// - Returns: false when there are none left.
  private func look() throws -> Bool {
    var (captures, replies) = now
    let known = captures.count
    let hasCaptures = try captures.advance(books)
    let hasReplies = try replies.advance(books)
    if captures.count > known {
      report("a charge has no evidence: ledger audit says which")
    }
    state.withLock { [captures, replies] state in
      state.captures = captures
      state.replies = replies
    }
    return hasCaptures || hasReplies
  }
}
