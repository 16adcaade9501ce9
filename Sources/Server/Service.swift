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
    writer = Writer(books)
    background = Background(threads: 2)
    followers = try Followers(books, heartbeatSeconds: options.heartbeatSeconds)
    gate = try Gatekeeper(books.home, options, isLoopback: isLoopback)
  }

  var now: Timestamp { options.clock() }

  func note(_ text: String) { report(text) }

  /// Ends its threads; what is queued for the books is written first.
  func stop() {
    followers.stop()
    background.stop()
    writer.close()
  }
}
