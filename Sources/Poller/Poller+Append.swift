// One commit a turn: what was learnt and what is about to be sent.

import Ledger
import Posix
import Providers
import Wire

extension Poller {
  /// Writes the outbox.
  /// - Returns: requests that may leave, now that their start is durable.
  func append() throws(BooksError) -> [Departure] {
    let told = desk.records
    guard !outbox.isEmpty || !ended.isEmpty || !letters.isEmpty || !told.isEmpty else { return [] }
    let entries = outbox
    // Decided again next turn when they cannot be written now.
    let accounts = ended
    let messages = letters
    ended = []
    letters = []
    let results: [Result<Receipt, Refusal>]
    do throws(BooksError) {
      results = try books.append(
        entries.map { Command(.job($0.id, $0.command), actor: .poller) }
          + accounts.map { Command(.expire(account: $0), actor: .poller) } + messages
          + told.map(\.command))
    } catch {
      switch error {
      case .full, .busy: stall(error)
      default: throw error
      }
      return []
    }
    if isStalled { report(Notice(.note, "there is room to write again")) }
    isStalled = false
    outbox = []
    noteHooks(told, results.suffix(told.count))
    var leaving: [Departure] = []
    for (entry, result) in zip(entries, results) {
      switch result {
      case .success(let receipt):
        for event in receipt.events { tell(event.event, entry) }
        if let departure = entry.departure { leaving.append(departure) }
        if let saving = entry.saving { go(on: saving, entry) }
      case .failure(let refusal):
        report(Notice(.detail, "\(entry.id): \(refusal.message)"))
        drop(entry)
        quiet[entry.job] = options.clock.now.advanced(seconds: Poller.refusedSeconds)
        if let otherwise = entry.otherwise {
          outbox.append(Entry(job: entry.job, id: entry.id, command: otherwise, isAnswer: true))
        }
      }
      end(entry)
    }
    return leaving
  }

  /// Answers are kept and written later; everything else is decided again then.
  private func stall(_ error: BooksError) {
    if !isStalled { report(Notice(.warning, "\(error); trying again every second")) }
    isStalled = true
    for entry in outbox where !entry.isAnswer {
      drop(entry)
      asking.remove(entry.job)
    }
    outbox.removeAll { !$0.isAnswer }
  }

  /// An attempt to save that is in the log begins; of an output that is in the store the books
  /// know now, so its file is not needed any more.
  private func go(on saving: Saving, _ entry: Entry) {
    if entry.isAnswer, let file = saving.file {
      try? FileSystem.remove(file.path)
    } else {
      begin(saving)
    }
  }

  private func end(_ entry: Entry) {
    switch entry.ends {
    case .ask: asking.remove(entry.job)
    case .submit: submitting.remove(entry.job)
    case .save: storeroom.busy.remove(entry.job)
    case nil: break
    }
  }

  /// A submit that does not leave after all.
  private func drop(_ entry: Entry) {
    if entry.saving != nil { storeroom.busy.remove(entry.job) }
    guard let flight = entry.departure?.flight else { return }
    submitting.remove(entry.job)
    traffic.end(flight.provider, isSubmit: true)
  }

  private func tell(_ event: Event, _ entry: Entry) {
    switch event {
    // A submit that blocks has a stream meanwhile, where our own id names it.
    case .jobDispatchStarted, .jobDispatched: wishStream(entry.job)
    case .jobSucceeded, .jobFailed, .jobCanceled, .jobExpired, .jobStepSucceeded, .jobStoring:
      forgetStream(entry.job)
    default: break
    }
    switch event {
    case .jobSucceeded, .jobFailed, .jobCanceled, .jobExpired, .jobRecovered, .jobOverdue,
      .jobDispatchUncertain:
      report(Notice(.detail, "\(entry.id): \(event.type.name)"))
    case .jobStored(let body):
      report(Notice(.detail, "\(entry.id): output \(body.output) is saved"))
    case .jobStoreFailed(let body):
      report(Notice(.detail, "\(entry.id): output \(body.output) could not be saved"))
    case .jobParked(let body):
      report(Notice(.warning, "\(entry.id): parked (\(body.reason.name))"))
    case .ledgerSubmissionPaused(let body):
      let provider = body.provider ?? "every provider"
      report(
        Notice(
          .warning,
          "submission to \(provider) is paused (\(body.class?.name ?? "")): mend it, then "
            + "ledger unpause --provider \(provider)"))
    default: break
    }
  }
}
