// A lane of a job's waterfall: bars, moments and a few words.

package import Wire

/// A kind of work.
package enum LaneKind: String, Sendable, CaseIterable {
  case hold = "Hold"
  case submit = "Submit"
  case queue = "Queue"
  case run = "Run"
  case polls = "Polls"
  case told = "Told"
  case download = "Download"
  case client = "Client"
}

extension LaneKind {
  /// Of an event's type; nil for what concerns the job as a whole.
  init?(of type: EventType) {
    switch type {
    case .creditHeld, .creditCaptured, .creditReleased, .creditRefunded: self = .hold
    case .jobDispatchStarted, .jobDispatched, .jobDispatchRefused, .jobDispatchUncertain:
      self = .submit
    case .jobProgressed: self = .run
    case .jobPolled, .jobCheckRequested: self = .polls
    case .jobNotified: self = .told
    case .jobStoring, .jobStored, .jobStoreFailed: self = .download
    case .jobDelivered, .jobDeliveryFailed, .jobClientReported: self = .client
    default: return nil
    }
  }
}

/// A stretch of a lane.
package struct LaneBar: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case work
    /// Not at its end yet.
    case going
    /// Nobody heard or confirmed anything.
    case silence
  }

  package let from: Timestamp
  package var to: Timestamp
  package var kind: Kind
}

/// A moment of a lane.
package struct LaneTick: Sendable, Equatable {
  package let at: Timestamp
  /// An answer in trouble, a failed attempt, a complaint.
  package let isTrouble: Bool
}

/// One row of the drawing.
package struct Lane: Sendable, Equatable {
  package let kind: LaneKind
  package var bars: [LaneBar] = []
  package var ticks: [LaneTick] = []
  /// What the lane comes to, in a few words: a length, a count, an amount.
  package var words = ""

  package init(_ kind: LaneKind) { self.kind = kind }
}
