// What those outside saw of a job: the reports of clients and the proofs of delivery.

/// Folds a job's events; holds the words of a few kinds, however many reports there are.
struct Outside {
  /// Kinds of reports that are told one by one.
  private static let kindsMax = 8

  private var reports: [(kind: String, count: Int)] = []
  private var furtherReports = 0
  private var delivered: (channel: Channel, consumer: String?, at: Position)?
  private var failedDeliveries = 0

  mutating func take(_ event: RecordedEvent) {
    switch event.event {
    case .jobClientReported(let body): add(body.kind)
    case .jobDelivered(let body): delivered = (body.channel, body.consumer, event.position)
    case .jobDeliveryFailed: failedDeliveries += 1
    default: break
    }
  }

  private mutating func add(_ kind: String) {
    if let index = reports.firstIndex(where: { $0.kind == kind }) {
      reports[index].count += 1
    } else if reports.count < Outside.kindsMax {
      reports.append((kind, 1))
    } else {
      furtherReports += 1
    }
  }

  func sentence(_ status: JobStatus) -> String {
    var parts = reports.map { kind, count in
      count == 1 ? "a client reported \(kind)" : "clients reported \(kind) \(count) times"
    }
    if furtherReports > 0 { parts.append("\(furtherReports) reports of other kinds") }
    if let delivered {
      let who = delivered.consumer.map { " to \($0)" } ?? ""
      parts.append(
        "the result was delivered by \(delivered.channel.name)\(who) (position \(delivered.at))")
    } else if status.state.isTerminal {
      parts.append("nobody confirmed that they have the result")
    }
    if failedDeliveries > 0 { parts.append("\(failedDeliveries) deliveries failed") }
    return parts.isEmpty ? "nobody outside has said anything yet" : parts.joined(separator: "; ")
  }
}
