// A job's events along the time axis: polls that say the same are one row, silences are shown.

package import Wire

/// A row of the axis: an event, or several polls that said the same.
package struct TimelineRow: Sendable, Equatable {
  package let type: EventType
  /// Which request of the job, from 0.
  package let step: UInt64
  package let first: Position
  package var last: Position
  package let at: Timestamp
  package var until: Timestamp
  /// Events folded into the row.
  package var count: Int
  package let words: String
  /// The first and the newest progress heard along with the polls.
  package var progress: [String] = []
  /// Silence before the row where it is long enough to be asked about; nil otherwise.
  package let gapSeconds: Double?

  /// Where on the drawing the row belongs; nil for what is the whole job's.
  package var lane: LaneKind? { LaneKind(of: type) }

  package var json: JSON {
    [
      "position": .int(first), "through": .int(last), "at": .string(at.description),
      "until": .string(until.description), "type": .string(type.name), "step": .int(step),
      "count": .int(count),
      "words": .string(words), "progress": .array(progress.map(JSON.string)),
      "gap_s": gapSeconds.map { .int(Int($0)) } ?? .null,
      "lane": .text(lane?.rawValue),
    ]
  }
}

/// A job's whole axis.
package struct Timeline: Sendable {
  /// Silence from which on a row says how long nothing was heard, seconds.
  package static let gapSeconds = 60.0
  package private(set) var rows: [TimelineRow] = []
  /// The same events as a drawing.
  package private(set) var waterfall = Waterfall()
  /// What the newest row's polls said; nil when it is no poll.
  private var said: Said?

  /// What makes two polls the same.
  private struct Said: Equatable {
    let status: UInt64?
    let word: String?
    let replyClass: ReplyClass
    let fault: Fault?
    let request: PollRequest?
  }

  package init() {}

  /// Takes the next event with its words.
  package mutating func take(_ event: RecordedEvent, words: String) {
    waterfall.take(event)
    var said: Said?
    if case .jobPolled(let body) = event.event {
      said = Said(
        status: body.httpStatus, word: body.word, replyClass: body.class, fault: body.fault,
        request: body.request)
    }
    if case .jobProgressed = event.event, self.said != nil {
      fold(progress: words, event)
      return
    }
    if let said, said == self.said, let row = rows.last {
      rows[rows.count - 1].last = event.position
      rows[rows.count - 1].until = event.time
      rows[rows.count - 1].count = row.count + 1
      return
    }
    self.said = said
    let silence = rows.last.map { event.time.seconds(since: $0.until) } ?? 0
    rows.append(
      TimelineRow(
        type: event.event.type, step: event.envelope.step, first: event.position,
        last: event.position, at: event.time,
        until: event.time, count: 1, words: words,
        gapSeconds: silence >= Timeline.gapSeconds ? silence : nil))
  }

  /// Progress belongs to the poll that brought it: it does not part polls that say the same.
  private mutating func fold(progress words: String, _ event: RecordedEvent) {
    let index = rows.count - 1
    rows[index].last = event.position
    rows[index].progress = Array(rows[index].progress.prefix(1)) + [words]
  }
}

extension Snapshot {
  /// The axis of a job; nil when there is no such job.
  package mutating func timeline(_ id: String) throws -> Timeline? {
    guard let number = try jobNumber(id) else { return nil }
    var timeline = Timeline()
    for position in try chain(of: number) {
      guard let event = try log.event(at: position) else { continue }
      timeline.take(event, words: try words(event))
    }
    return timeline
  }
}
