// Group commit: many callers, one thread that takes all they have queued into one commit.

import Glibc
package import Posix
import Synchronization

/// Appends for many threads at once. One commit pays two flushes whoever shares it, so 64 callers
/// are served some twenty times as fast as one.
///
/// A thread and not an actor: a write transaction must end on the thread that began it.
package final class Writer: Sendable {
  /// What becomes of a command.
  package typealias Answer = Result<Receipt, any Error>

  /// What a caller waits for.
  private struct Ticket: Sendable {
    let command: Command
    let answer: @Sendable (Answer) -> Void
  }

  /// Where a caller that waits finds its answer. Each is woken for itself: one signal for all would
  /// wake every one of them for every batch, and most to wait again.
  private final class Place: Sendable {
    private let answer = Mutex<Answer?>(nil)
    private let answered = Condition()

    func set(_ answer: Answer) {
      self.answer.withLock { $0 = answer }
      answered.signal()
    }

    func wait() -> Answer { answered.wait { answer.withLock { $0 } } }
  }

  private struct Queue {
    var tickets: [Ticket] = []
    var isClosed = false
  }

  private let books: Books
  private let queue = Mutex(Queue())
  /// Signalled when something is queued.
  private let queued = Condition()
  private let worker = Worker()
  /// Beats with every batch.
  package let pulse = Pulse()

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
    let place = Place()
    append(command) { place.set($0) }
    return try place.wait().get()
  }

  /// The same without waiting: `answer` is called once, on the writer's thread, when it is durable
  /// or refused. It must not block.
  package func append(_ command: Command, answer: @escaping @Sendable (Answer) -> Void) {
    let isOpen = queue.withLock { queue in
      if queue.isClosed { return false }
      queue.tickets.append(Ticket(command: command, answer: answer))
      return true
    }
    guard isOpen else { return answer(.failure(BooksError.busy("the books are closing"))) }
    queued.signal()
  }

  private func run() {
    while let batch = nextBatch() {
      pulse.begin()
      do {
        let results = try books.append(batch.map(\.command))
        for (ticket, result) in zip(batch, results) {
          ticket.answer(result.mapError { $0 as any Error })
        }
      } catch {
        for ticket in batch { ticket.answer(.failure(error)) }
      }
      pulse.end()
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
