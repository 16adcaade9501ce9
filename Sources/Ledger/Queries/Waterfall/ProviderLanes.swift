// The lanes of the provider's work: how long it let a job wait, how long it worked on it.

import Wire

/// Queue until the provider reports progress or another word; then run, until the verdict.
struct ProviderLanes: Sendable {
  struct Stay: Sendable {
    let from: Timestamp
    /// Nil: until the verdict.
    var to: Timestamp?
  }

  private(set) var queue: [Stay] = []
  private(set) var run: [Stay] = []
  private var word: String?
  private var isOpen = false
  private var isRunning = false

  mutating func take(_ event: Event, _ at: Timestamp) {
    switch event {
    case .jobDispatched(let body):
      close(at)
      queue.append(Stay(from: at))
      (isOpen, isRunning, word) = (true, false, body.word)
    case .jobPolled(let body): heard(body.word, body.reading, at)
    case .jobNotified(let body): heard(body.word, body.reading, at)
    case .jobProgressed(let body): if body.fraction ?? 0 > 0 { moved(at) }
    case .jobStepSucceeded, .jobSucceeded, .jobFailed, .jobCanceled, .jobExpired: close(at)
    default: break
    }
  }

  private mutating func heard(_ said: String?, _ reading: Reading, _ at: Timestamp) {
    if let said, let word, said != word, reading != .unknown { moved(at) }
    word = word ?? said
  }

  private mutating func moved(_ at: Timestamp) {
    guard isOpen, !isRunning else { return }
    queue[queue.count - 1].to = at
    run.append(Stay(from: at))
    isRunning = true
  }

  private mutating func close(_ at: Timestamp) {
    guard isOpen else { return }
    if isRunning { run[run.count - 1].to = at } else { queue[queue.count - 1].to = at }
    isOpen = false
  }
}
