// Group commit: many callers, one thread that takes all they have queued into one commit.

import Glibc
import Posix
import Synchronization

/// Appends for many threads at once. One commit pays two flushes whoever shares it, so 64 callers
/// are served some twenty times as fast as one.
///
/// A thread and not an actor: a write transaction must end on the thread that began it.
package final class Writer: Sendable {
  /// What a caller waits for.
  private final class Ticket: Sendable {
    let command: Command
    let answer = Mutex<Result<Receipt, any Error>?>(nil)
    init(_ command: Command) { self.command = command }
  }

  private struct Queue {
    var tickets: [Ticket] = []
    var isClosed = false
  }

  private let books: Books
  private let queue = Mutex(Queue())
  /// Signalled when something is queued, and when a batch is answered.
  private let queued = Condition()
  private let answered = Condition()
  private let worker = Worker()

  /// Starts the thread.
  package init(_ books: Books) {
    self.books = books
    worker.start(named: "ledger-writer") { [unowned self] in self.run() }
  }

  /// Answers what is queued and ends the thread.
  package func close() {
    queue.withLock { $0.isClosed = true }
    queued.signal()
    worker.join()
  }

  /// Appends a command together with whatever others have queued; returns when it is durable.
  /// - Throws: `Refusal`, `BooksError`; `BooksError.busy` after `close`.
  @available(*, noasync)
  package func append(_ command: Command) throws -> Receipt {
    let ticket = Ticket(command)
    let isOpen = queue.withLock { queue in
      if queue.isClosed { return false }
      queue.tickets.append(ticket)
      return true
    }
    guard isOpen else { throw BooksError.busy("the books are closing") }
    queued.signal()
    return try answered.wait { ticket.answer.withLock { $0 } }.get()
  }

  private func run() {
    while let batch = nextBatch() {
      do {
        let results = try books.append(batch.map(\.command))
        for (ticket, result) in zip(batch, results) {
          ticket.answer.withLock { $0 = result.mapError { $0 as any Error } }
        }
      } catch {
        for ticket in batch { ticket.answer.withLock { $0 = .failure(error) } }
      }
      answered.signal()
    }
  }

  /// All that is queued, bounded; waits for something; nil when closed and empty.
  private func nextBatch() -> [Ticket]? {
    queued.wait { () -> [Ticket]?? in
      queue.withLock { queue in
        if queue.tickets.isEmpty { return queue.isClosed ? .some(nil) : nil }
        let batch = Array(queue.tickets.prefix(Limits.batchCommands))
        queue.tickets.removeFirst(batch.count)
        return batch
      }
    }
  }
}
