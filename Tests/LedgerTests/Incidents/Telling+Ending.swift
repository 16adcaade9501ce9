// What goes wrong at the end: the verdict, the messages about it, who learns of it, the money.

import Support
import Testing
import Wire

@testable import Ledger

extension Telling {
  static let ending: [Telling] = [
    .shows(
      "LATE_SUCCESS_AFTER_RELEASE", "a success after the hold's end",
      [.jobExpired, .creditReleased, .jobRecovered], next: "ledger status j1"
    ) {
      try $0.given(.submit(holdExpires: $0.clock.after(seconds: 9)), .start(), .accept())
      try $0.wait(10).given(.expire()).ended()
    },
    .hides("LATE_SUCCESS_AFTER_RELEASE", "the hold's end and no success") {
      try $0.given(.submit(holdExpires: $0.clock.after(seconds: 9)), .start(), .accept())
      try $0.wait(10).given(.expire()).failed(200)
    },
    .shows("COMPLETED_WITHOUT_OUTPUT", "nothing came", [.jobPolled, .jobFailed]) {
      try $0.accepted().ended(.succeeded(outputs: 0))
    },
    .hides("COMPLETED_WITHOUT_OUTPUT", "it failed by the provider's word") {
      try $0.accepted().ended(.failed())
    },
    .shows("MODERATED", "the content was refused", [.jobPolled, .jobFailed]) {
      try $0.accepted().ended(.failed(.moderated))
    },
    .hides("MODERATED", "it broke") { try $0.accepted().ended(.failed()) },
    .shows(
      "OUTPUT_EXPIRED_UNSAVED", "gone before it was saved, and paid", [.jobStoreFailed],
      next: "ledger refund j1 --reason 'the output is lost'"
    ) {
      try $0.given(.policy("store", "s3://bucket")).accepted().ended()
      try $0.given(.startStore(), .gone())
    },
    .shows(
      "OUTPUT_EXPIRED_UNSAVED", "gone, and the verdict waits for it",
      [.jobStoreFailed, .jobParked], next: "ledger resolve j1 --as failed"
    ) {
      try $0.given(.policy("store", "s3://bucket"), .policy("capture_on", "stored"))
      try $0.accepted().ended().given(.startStore(), .gone())
    },
    .hides("OUTPUT_EXPIRED_UNSAVED", "it was there the second time") {
      try $0.given(.policy("store", "s3://bucket")).accepted().ended()
      try $0.given(.startStore(), .gone(retryAt: .epoch), .startStore(), .stored())
    },
    .hides("OUTPUT_EXPIRED_UNSAVED", "our store is down") {
      try $0.given(.policy("store", "s3://bucket")).accepted().ended()
      try $0.given(.startStore(), .storeFailed(retryAt: .epoch))
    },
    .shows(
      "VERDICT_CONFLICT", "an operator against the provider",
      [.jobResolved, .jobSucceeded, .jobNotified], next: "ledger refund j1"
    ) { try $0.accepted().looked().given(.resolve(as: .succeeded)).called(.failed()) },
    .hides("VERDICT_CONFLICT", "a failure that nobody signed") {
      try $0.accepted().looked().given(.resolve(as: .succeeded))
        .called(.failed(), verified: false)
    },
    .hides("VERDICT_CONFLICT", "both say the same") {
      try $0.accepted().looked().given(.resolve(as: .succeeded)).called(.succeeded())
    },
  ]

  static let telling: [Telling] = [
    .shows(
      "CLIENT_TIMED_OUT_JOB_RAN", "while it ran", [.jobClientReported], next: "ledger check j1"
    ) { try $0.accepted().looked().reported("network_error") },
    .shows(
      "CLIENT_TIMED_OUT_JOB_RAN", "after it succeeded", [.jobClientReported],
      next: "ledger status j1"
    ) { try $0.accepted().ended().reported("timeout") },
    .shows("CLIENT_TIMED_OUT_JOB_RAN", "and got it later", [.jobClientReported]) {
      try $0.accepted().looked().reported("network_error").ended().delivered()
    },
    .hides("CLIENT_TIMED_OUT_JOB_RAN", "a connection that came back") {
      try $0.accepted().looked().reported("connection_lost").ended().delivered()
    },
    .hides("CLIENT_TIMED_OUT_JOB_RAN", "before it was sent") {
      try $0.given(.submit()).reported("network_error")
    },
    .shows(
      "RESULT_NOT_SEEN", "a client still waits", [.jobSucceeded, .jobClientReported],
      next: "ledger status j1"
    ) { try $0.accepted().ended().reported("still_waiting") },
    .shows(
      "RESULT_NOT_SEEN", "a hook was given up",
      [.jobSucceeded, .jobDeliveryFailed, .jobDeliveryFailed], next: "ledger hook resend app"
    ) {
      try $0.accepted().ended()
      let verdict = $0.position(of: .jobSucceeded)
      for _ in 0..<2 { try $0.refused(verdict) }
    },
    .hides("RESULT_NOT_SEEN", "a hook that will try again") {
      try $0.accepted().ended().refused($0.position(of: .jobSucceeded))
    },
    .hides("RESULT_NOT_SEEN", "nobody said anything", after: 86_400) {
      try $0.accepted().ended()
    },
    .hides("RESULT_NOT_SEEN", "it waited before the end") {
      try $0.accepted().looked().reported("still_waiting").ended()
    },
    .hides("RESULT_NOT_SEEN", "the page has it by now") {
      try $0.accepted().ended().reported("still_waiting").reported("seen")
    },
    .shows(
      "WEBHOOK_LOST", "asked for, and nobody called",
      [.jobDispatchStarted, .jobPolled, .jobSucceeded], next: "ledger config get public_url",
      after: 60
    ) { try $0.asked().ended() },
    .hides("WEBHOOK_LOST", "nobody was asked to call", after: 60) { try $0.accepted().ended() },
    .hides("WEBHOOK_LOST", "it may be on its way", after: 2) { try $0.asked().ended() },
    .hides("WEBHOOK_LOST", "it came after the look", after: 60) {
      try $0.asked().ended().called(.succeeded())
    },
    .shows("DUPLICATE_NOTIFICATION", "delivered twice", [.jobNotified, .jobNotified]) {
      try $0.accepted().called(.succeeded())
      try $0.called(.succeeded(), cause: $0.notified())
      try $0.called(.succeeded(), cause: $0.notified())
    },
    .hides("DUPLICATE_NOTIFICATION", "a poll and a webhook") {
      try $0.accepted().ended().called(.succeeded())
    },
    .shows(
      "OUT_OF_ORDER_NOTIFICATION", "the start after the end", [.jobNotified, .jobNotified]
    ) { try $0.accepted().called(.succeeded()).called(.pending(), delivery: "m2") },
    .hides("OUT_OF_ORDER_NOTIFICATION", "a poll was faster than the message about the start") {
      try $0.accepted().ended().called(.pending())
    },
    .shows(
      "ORPHAN_NOTIFICATION", "told of before it was handed in",
      [.notificationOrphaned, .jobNotified]
    ) {
      try $0.called(.succeeded())
      let orphan = try $0.head()
      try $0.given(.track()).called(.succeeded(), cause: orphan)
    },
    .hides("ORPHAN_NOTIFICATION", "faster than the answer to the submit") {
      try $0.given(.submit(), .start()).called(.succeeded())
      let orphan = try $0.head()
      try $0.given(.accept()).called(.succeeded(), cause: orphan)
    },
  ]

  static let billing: [Telling] = [
    .shows(
      "PROVIDER_BILLED_WITHOUT_CAPTURE", "it failed, and is billed",
      [.jobFailed, .creditReleased, .providerBilled], next: "ledger timeline j1",
      change: { $0.bill() }
    ) { try $0.accepted().ended(.failed()) },
    .hides("PROVIDER_BILLED_WITHOUT_CAPTURE", "the customer paid", change: { $0.bill() }) {
      try $0.accepted().ended()
    },
    .hides("PROVIDER_BILLED_WITHOUT_CAPTURE", "a line of nothing", change: { $0.bill("0.000") }) {
      try $0.accepted().ended(.failed())
    },
    .hides("PROVIDER_BILLED_WITHOUT_CAPTURE", "watched without money", change: { $0.bill() }) {
      try $0.accepted(hold: "0").ended(.failed())
    },
    .shows(
      "CAPTURED_NOT_BILLED", "between the invoice's lines",
      [.jobSucceeded, .creditCaptured, .providerBilled], next: "ledger refund j1",
      change: { $0.invoiced(-9...99) }
    ) { try $0.accepted().ended() },
    .hides(
      "CAPTURED_NOT_BILLED", "after the last line", change: { $0.invoiced(-9...2) }
    ) { try $0.accepted().ended() },
    .hides(
      "CAPTURED_NOT_BILLED", "between two invoices", change: { $0.invoiced(-9 ... -1, 50...99) }
    ) { try $0.accepted().ended() },
    .hides("CAPTURED_NOT_BILLED", "no invoice is recorded") { try $0.accepted().ended() },
    .hides(
      "CAPTURED_NOT_BILLED", "there is a line",
      change: {
        $0.invoiced(-9...99)
        $0.bill()
      }
    ) { try $0.accepted().ended() },
  ]
}

extension Action {
  /// The provider does not have the output any more.
  fileprivate static func gone(retryAt: Timestamp? = nil) -> Action {
    let failure = StoreFailure(
      output: 0, replyClass: .gone, exchange: Exchange(httpStatus: 404), retryAt: retryAt)
    return .job("j1", .storeFailed(failure))
  }
}

extension Scenario {
  /// Accepted by a provider that was told where to call.
  fileprivate func asked() throws -> Scenario {
    var start = DispatchStart(nextAt: clock.after(seconds: 60))
    start.asksForWebhook = true
    try given(.submit(), .job("j1", .startDispatch(start)))
    return try given(.accept(at: clock.after(seconds: 2)))
  }

  /// A hook could not be told of the event at a position.
  @discardableResult
  fileprivate func refused(_ position: Position) throws -> Scenario {
    wait(1)
    let failure = Delivery(channel: .hook, consumer: "app", failure: Exchange(httpStatus: 503))
    _ = try books.append(
      Command(.job("j1", .deliver(failure)), actor: .poller, cause: position))
    return self
  }

  /// The first webhook's place.
  fileprivate func notified() throws -> Position {
    try story().answers.first { $0.channel == .webhook }?.position ?? 0
  }
}
