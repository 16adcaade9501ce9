// What a provider's invoice says, line by line, as `provider.billed` recorded it.

package import Wire

/// The recorded lines of one provider's invoices.
package struct Invoice: Sendable {
  /// From its oldest to its newest line, by the invoice's own times.
  package struct Span: Sendable, Equatable {
    package let from: Timestamp
    package let to: Timestamp
    /// The newest line's place in the log.
    package let last: Position
    /// Lines that no job was found for: any of them may be the one that is missed.
    package let unmatchedLines: Int
  }

  private var from: Timestamp?
  private var to: Timestamp?
  private var last: Position = 0
  private var unmatchedLines = 0
  private var jobs: [SubjectNumber: [RecordedEvent]] = [:]

  init() {}

  mutating func take(_ event: RecordedEvent) {
    guard case .providerBilled(let body) = event.event else { return }
    if let time = body.billedAt {
      from = min(from ?? time, time)
      to = max(to ?? time, time)
    }
    last = max(last, event.position)
    if let job = body.job {
      jobs[job, default: []].append(event)
    } else {
      unmatchedLines += 1
    }
  }

  /// Nil while no line says when it is of.
  var span: Span? {
    guard let from, let to else { return nil }
    return Span(from: from, to: to, last: last, unmatchedLines: unmatchedLines)
  }

  /// Lines matched with a job, oldest first, at most `Limits.evidence` of them.
  func lines(of job: SubjectNumber) -> [RecordedEvent] {
    Array((jobs[job] ?? []).sorted { $0.position < $1.position }.prefix(Limits.evidence))
  }
}

extension Snapshot {
  /// All that is recorded of a provider's invoices.
  mutating func invoice(of provider: String) throws -> Invoice {
    if let known = memory.invoices[provider] { return known }
    var invoice = Invoice()
    if let number = try views.number(of: Subject.Name(kind: .provider, id: provider)) {
      var position = try views.subject(number)?.last ?? 0
      while position > 0, let event = try log.event(at: position) {
        invoice.take(event)
        position = event.header.previous
      }
    }
    memory.invoices[provider] = invoice
    return invoice
  }
}

/// What one snapshot found out once for all jobs that are asked about.
struct StoryMemory {
  var poller: PollerTrace?
  var invoices: [String: Invoice] = [:]
}
