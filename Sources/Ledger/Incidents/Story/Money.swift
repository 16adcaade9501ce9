// Where a job's credits are and which events moved them.

import Wire

/// The third paragraph of `explain`.
struct Money {
  /// Movements and invoice lines that are told one by one.
  private static let linesMax = 8

  private let story: Story

  init(_ story: Story) { self.story = story }

  var text: String {
    var sentences = Array(story.events.compactMap(movement).suffix(Money.linesMax))
    if story.job.openHold > .zero {
      sentences.append("\(story.job.openHold) stay held until there is a verdict.")
    }
    if let charged = story.submitted.charged {
      sentences.append("The app took \(charged) in its own books.")
    }
    for bill in story.bills.prefix(Money.linesMax) {
      guard case .providerBilled(let body) = bill.event else { continue }
      let match = body.certainty == .probable ? ", probably this job" : ""
      sentences.append(
        "\(story.provider) bills \(Spoken.word(body.quantity)) \(Spoken.word(body.unit)) on line "
          + "\(Spoken.word(body.lineID)) (position \(bill.position)\(match)).")
    }
    return sentences.isEmpty ? "No credits are involved." : sentences.joined(separator: " ")
  }

  private func movement(_ event: RecordedEvent) -> String? {
    let at = "at \(Waiting.text(event.time)) (position \(event.position))"
    switch event.event {
    case .creditHeld(let body) where body.amount > .zero: return "\(body.amount) held \(at)."
    case .creditCaptured(let body) where body.amount > .zero:
      return "\(body.amount) captured \(at), because of \(cause(body.evidence))."
    case .creditReleased(let body) where body.amount > .zero:
      return "\(body.amount) given back \(at), because of \(cause(body.evidence))."
    case .creditRefunded(let body): return "\(body.amount) refunded \(at)."
    case .jobRecovered(let body):
      return body.writtenOff.map { "\($0) written off \(at): the customer pays nothing." }
    default: return nil
    }
  }

  private func cause(_ evidence: Position) -> String {
    let type = story.events.last { $0.position == evidence }?.event.type.name
    return type.map { "\($0) at position \(evidence)" } ?? "position \(evidence)"
  }
}
