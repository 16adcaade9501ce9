// What a test expects to have happened: a type of event and, for credits, how much.

import Judge
package import Ledger

/// One expected event.
package struct Fact: Sendable, CustomStringConvertible {
  package let type: EventType
  /// Nil: any amount, or none.
  package let amount: Credits?

  package init(_ type: EventType, _ amount: String? = nil) {
    self.type = type
    self.amount = amount.map { Credits($0)! }
  }

  package init(_ event: RecordedEvent) {
    type = event.event.type
    amount = event.event.amount
  }

  package var description: String { type.name + (amount.map { " \($0)" } ?? "") }

  func isMet(by other: Fact) -> Bool {
    type == other.type && (amount == nil || amount == other.amount)
  }

  package static let accountOpened = Fact(.accountOpened)
  package static let jobSubmitted = Fact(.jobSubmitted)
  package static let jobDispatchStarted = Fact(.jobDispatchStarted)
  package static let jobDispatched = Fact(.jobDispatched)
  package static let jobDispatchUncertain = Fact(.jobDispatchUncertain)
  package static let jobDispatchRefused = Fact(.jobDispatchRefused)
  package static let jobPolled = Fact(.jobPolled)
  package static let jobNotified = Fact(.jobNotified)
  package static let jobProgressed = Fact(.jobProgressed)
  package static let jobSucceeded = Fact(.jobSucceeded)
  package static let jobFailed = Fact(.jobFailed)
  package static let jobCancelRequested = Fact(.jobCancelRequested)
  package static let jobCanceled = Fact(.jobCanceled)
  package static let jobOverdue = Fact(.jobOverdue)
  package static let jobExpired = Fact(.jobExpired)
  package static let jobRecovered = Fact(.jobRecovered)
  package static let jobCheckRequested = Fact(.jobCheckRequested)
  package static let jobParked = Fact(.jobParked)
  package static let jobUnparked = Fact(.jobUnparked)
  package static let submissionPaused = Fact(.ledgerSubmissionPaused)
  package static let submissionUnpaused = Fact(.ledgerSubmissionUnpaused)

  package static let jobResolved = Fact(.jobResolved)
  package static let jobStoring = Fact(.jobStoring)
  package static let jobStored = Fact(.jobStored)
  package static let jobStoreFailed = Fact(.jobStoreFailed)
  package static let limitSet = Fact(.accountLimitSet)
  package static let policySet = Fact(.ledgerPolicySet)

  package static func refunded(_ amount: String) -> Fact { Fact(.creditRefunded, amount) }
  package static func adjusted(_ amount: String) -> Fact { Fact(.creditAdjusted, amount) }
  package static func granted(_ amount: String) -> Fact { Fact(.creditGranted, amount) }
  package static func held(_ amount: String) -> Fact { Fact(.creditHeld, amount) }
  package static func captured(_ amount: String) -> Fact { Fact(.creditCaptured, amount) }
  package static func released(_ amount: String) -> Fact { Fact(.creditReleased, amount) }
  package static func creditExpired(_ amount: String) -> Fact { Fact(.creditExpired, amount) }
}
