// Threads for what takes long: audits, statements, walks over many jobs. The server's own threads
// answer everybody else meanwhile.

import Posix
import Synchronization

/// A queue and the threads that work it off.
final class Background: Sendable {
  typealias Work = @Sendable () -> Void

  /// Works that may wait; more are refused, for their clients would give up before their turn.
  private static let waitingMax = 1000

  private struct Queue {
    var works: [Work] = []
    var isClosed = false
  }

  private let queue = Mutex(Queue())
  private let queued = Condition()
  private let workers: [Worker]

  init(threads: Int) {
    workers = (0..<threads).map { _ in Worker() }
    for (index, worker) in workers.enumerated() {
      worker.start(named: "ledger-work-\(index)") { [unowned self] in
        while let work = self.next() { work() }
      }
    }
  }

  /// False: too much waits already.
  @discardableResult
  func add(_ work: @escaping Work) -> Bool {
    let isTaken = queue.withLock { queue in
      guard !queue.isClosed, queue.works.count < Background.waitingMax else { return false }
      queue.works.append(work)
      return true
    }
    if isTaken { queued.signal() }
    return isTaken
  }

  /// Does what waits and ends the threads.
  func stop() {
    queue.withLock { $0.isClosed = true }
    queued.signal()
    for worker in workers { worker.join() }
  }

  private func next() -> Work? {
    queued.wait { () -> Work?? in
      queue.withLock { queue in
        if queue.works.isEmpty { return queue.isClosed ? .some(nil) : nil }
        return queue.works.removeFirst()
      }
    }
  }
}
