// What those outside saw of a job: the reports of clients and the proofs of delivery.

import Wire

/// The first paragraph of `explain`; holds a few kinds, however many reports there are.
struct Saw {
  /// Kinds of reports, and of receivers, that are told one by one.
  private static let kindsMax = 8

  private var reports: [(kind: String, count: Int, first: Timestamp, last: Timestamp)] = []
  private var furtherReports = 0
  private var delivered: (who: String, at: Timestamp, position: Position)?
  private var failures: [(who: String, count: Int, last: Timestamp)] = []
  private let story: Story

  init(_ story: Story) {
    self.story = story
    for event in story.events { take(event) }
  }

  private mutating func take(_ event: RecordedEvent) {
    switch event.event {
    case .jobClientReported(let body): add(Spoken.word(body.kind), event.time)
    case .jobDelivered(let body):
      delivered = (Saw.who(body.channel, body.consumer), event.time, event.position)
    case .jobDeliveryFailed(let body):
      let who = Saw.who(body.channel, body.consumer)
      if let index = failures.firstIndex(where: { $0.who == who }) {
        failures[index].count += 1
        failures[index].last = event.time
      } else if failures.count < Saw.kindsMax {
        failures.append((who, 1, event.time))
      }
    default: break
    }
  }

  private mutating func add(_ kind: String, _ time: Timestamp) {
    if let index = reports.firstIndex(where: { $0.kind == kind }) {
      reports[index].count += 1
      reports[index].last = time
    } else if reports.count < Saw.kindsMax {
      reports.append((kind, 1, time, time))
    } else {
      furtherReports += 1
    }
  }

  private static func who(_ channel: Channel, _ consumer: String?) -> String {
    consumer.map { "\(Spoken.word($0)) (\(channel.name))" } ?? channel.name
  }

  var text: String {
    var sentences = reports.map { report in
      report.count == 1
        ? "A client reported \(report.kind) at \(Waiting.text(report.first))."
        : "Clients reported \(report.kind) \(Spoken.times(report.count)), first at "
          + "\(Waiting.text(report.first)), last at \(Waiting.text(report.last))."
    }
    if furtherReports > 0 {
      sentences.append("There are \(furtherReports) reports of other kinds.")
    }
    for failure in failures {
      sentences.append(
        "\(failure.who) could not be told, tried \(Spoken.times(failure.count)), last at "
          + "\(Waiting.text(failure.last)).")
    }
    if let delivered {
      sentences.append(
        "\(delivered.who) was told of it, last at \(Waiting.text(delivered.at)) "
          + "(position \(delivered.position)).")
    }
    if !story.isOpen, !story.isSeen, delivered == nil {
      sentences.append("Nobody confirmed that they have the result.")
    }
    return sentences.isEmpty
      ? "Nobody outside has said anything." : sentences.joined(separator: " ")
  }
}
