// What every route works with: the books, who writes to them, who may come in, who waits.

import HTTPServer
import Ledger
import Posix
import Providers
import Synchronization
import Wire

/// A running server's inside.
final class Service: Sendable {
  let books: Books
  let options: ServerOptions
  let writer: Writer
  let background: Background
  let followers: Followers
  let gate: Gatekeeper
  let logWatch: LogWatch
  /// Of the threads that answer requests, whichever has which.
  private let pulses: [Pulse]
  private let ending = Atomic(false)
  let profiles: @Sendable (String) -> Profile?
  private let report: @Sendable (String) -> Void

  /// - Parameters:
  ///   - profiles: the profile of a name or alias; nil when there is none.
  ///   - report: called with what an operator should know, from any thread.
  init(
    _ books: Books, _ options: ServerOptions, isLoopback: Bool,
    profiles: @escaping @Sendable (String) -> Profile?, report: @escaping @Sendable (String) -> Void
  ) throws {
    self.books = books
    self.options = options
    self.profiles = profiles
    self.report = report
    pulses = (0..<options.bounds.threads).map { _ in Pulse() }
    writer = Writer(books)
    background = Background(threads: 2)
    followers = try Followers(books, heartbeatSeconds: options.heartbeatSeconds)
    gate = try Gatekeeper(books.home, options, isLoopback: isLoopback)
    logWatch = try LogWatch(books, report: report)
  }

  var now: Timestamp { options.clock() }

  /// Has a thread of the server answer a request; it is noticed when it never comes back from it.
  func answering(_ body: () -> Void) {
    let pulse = pulses.first { $0.beginIfResting() }
    body()
    pulse?.end()
  }

  /// How long the longest request has been under way, seconds.
  var busySeconds: Double { pulses.map(\.busySeconds).max() ?? 0 }

  func note(_ text: String) { report(text) }

  /// Nothing new is begun: streams end, and who waits is answered.
  var isEnding: Bool { ending.load(ordering: .sequentiallyConsistent) }

  /// Has all who wait answered now; they may come again to another server.
  func endStreams() {
    ending.store(true, ordering: .sequentiallyConsistent)
    followers.noticeAll()
  }

  /// Ends its threads; what is queued for the books is written first.
  func stop() {
    followers.stop()
    logWatch.stop()
    background.stop()
    writer.close()
  }
}
