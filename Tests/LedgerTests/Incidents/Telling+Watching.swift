// What goes wrong before the handle is known and while the job is watched.

import Support
import Testing
import Wire

@testable import Ledger

extension Telling {
  static let submitting: [Telling] = [
    .shows(
      "SUBMIT_UNCERTAIN", "parked for a person",
      [.jobDispatchStarted, .jobDispatchUncertain, .jobParked],
      next: "ledger track --provider replicate --external-id EXTERNAL_ID --account acme --id j1"
    ) { try $0.given(.submit(), .start(), .doubt(reconcileAt: nil)) },
    .shows(
      "SUBMIT_UNCERTAIN", "the provider's list will be looked at",
      [.jobDispatchStarted, .jobDispatchUncertain]
    ) { try $0.given(.submit(), .start(), .doubt(reconcileAt: $0.clock.after(seconds: 9))) },
    .shows(
      "SUBMIT_UNCERTAIN", "found", [.jobDispatchStarted, .jobDispatchUncertain]
    ) {
      try $0.given(
        .submit(), .start(), .doubt(reconcileAt: $0.clock.after(seconds: 9)),
        .accept(via: .reconcile, at: $0.clock.after(seconds: 9)))
    },
    .hides("SUBMIT_UNCERTAIN", "a refusal proves that it was not sent") {
      try $0.given(.submit(), .start(), .refuse())
    },
    .shows(
      "DUPLICATE_HANDLE", "the id of another job", [.jobDispatched, .jobParked],
      next: "ledger resolve j1 --as failed --reason 'the provider"
    ) {
      try $0.accepted("other")
      try $0.given(.submit(), .start(), .accept(at: $0.clock.after(seconds: 9)))
    },
    .hides("DUPLICATE_HANDLE", "an id of its own") {
      try $0.accepted("other", external: "p2")
      try $0.accepted()
    },
    .shows(
      "AUTH_REFUSED", "the key is not taken, and submission is paused", [.jobDispatchRefused],
      next: "ledger unpause --provider replicate"
    ) {
      try $0.given(
        .submit(), .start(),
        .refuse(
          status: 401, retryAt: $0.clock.after(seconds: 1), accountProblem: true))
    },
    .shows(
      "AUTH_REFUSED", "no credit at the provider, under a status that means else elsewhere",
      [.jobDispatchRefused]
    ) { try $0.given(.submit(), .start(), .refuse(status: 400, class: .insufficientCredit)) },
    .shows("AUTH_REFUSED", "a look is refused", [.jobPolled], next: "ledger check j1") {
      try $0.accepted().failed(403, .permanent)
    },
    .hides("AUTH_REFUSED", "the cancel is refused, the job is not") {
      try $0.accepted().looked().failed(403, .permanent, request: .cancel)
    },
    .shows("RATE_LIMITED", "the submit comes too early", [.jobDispatchRefused]) {
      try $0.given(
        .submit(), .start(),
        .refuse(status: 429, class: .rateLimited, retryAt: $0.clock.after(seconds: 9)))
    },
    .shows("RATE_LIMITED", "a look comes too early", [.jobPolled]) {
      try $0.accepted().failed(429, .rateLimited).looked()
    },
    .hides("RATE_LIMITED", "busy is not too often") { try $0.accepted().failed(503).looked() },
    .shows(
      "HANDLE_INCOMPLETE", "parked for want of a part", [.jobDispatched, .jobParked],
      next:
        "ledger track --provider replicate --external-id p1 --model MODEL --account acme --id j1"
    ) {
      try $0.accepted()
      try $0.given(.park("j1", .handleIncomplete))
    },
    .shows("HANDLE_INCOMPLETE", "mended", [.jobDispatched, .jobParked]) {
      try $0.accepted()
      try $0.given(.park("j1", .handleIncomplete), .unpark())
      try $0.ended()
    },
    .hides("HANDLE_INCOMPLETE", "an operator parked it") {
      try $0.accepted()
      try $0.given(.park())
    },
    .hides("HANDLE_INCOMPLETE", "its input was erased before it was sent") {
      try $0.given(.submit(), .park("j1", .handleIncomplete))
    },
  ]

  static let watching: [Telling] = [
    .shows(
      "NEVER_POLLED", "no poller has ever run", [.jobDispatched], next: "ledger poll --drain",
      after: 90
    ) { try $0.given(.track()) },
    .shows(
      "NEVER_POLLED", "the poller is said to run, and does not ask", [.jobDispatched],
      next: "ledger check j1", after: 300
    ) {
      try $0.given($0.started)
      try $0.accepted()
    },
    .hides("NEVER_POLLED", "the look is on its way", after: 30) {
      try $0.given($0.started)
      try $0.accepted()
    },
    .hides("NEVER_POLLED", "it is not due yet", after: 1) { try $0.accepted() },
    .hides("NEVER_POLLED", "asked once, and waiting for a poller", after: 90) {
      try $0.accepted().looked()
    },
    .shows(
      "POLL_STOPPED_ON_ERROR", "a web page for an answer", [.jobPolled, .jobPolled],
      next: "ledger poll --drain", after: 90
    ) { try $0.accepted().looked().failed(200).failed(nil) },
    .hides("POLL_STOPPED_ON_ERROR", "the next look is not due yet", after: 2) {
      try $0.accepted().looked().failed(502)
    },
    .hides("POLL_STOPPED_ON_ERROR", "it was asked again", after: 90) {
      try $0.accepted().failed(502).looked()
    },
    .hides("POLL_STOPPED_ON_ERROR", "it ended all the same", after: 90) {
      try $0.accepted().failed(502).ended()
    },
    .shows(
      "STUCK_IN_QUEUE", "our patience ended on the same word",
      [.jobPolled, .jobOverdue, .jobPolled], next: "ledger cancel j1"
    ) {
      try $0.given(.submit(patience: 5000), .start(), .accept(at: $0.clock.after(seconds: 2)))
      for _ in 0..<4 { try $0.looked { $0.queuePlace = 3 } }
    },
    .hides("STUCK_IN_QUEUE", "it makes progress") {
      try $0.given(.submit(patience: 5000), .start(), .accept(at: $0.clock.after(seconds: 2)))
      for share in 1...4 { try $0.looked { $0.fraction = UInt64(share) * 100_000 } }
    },
    .hides("STUCK_IN_QUEUE", "its patience has not ended") {
      try $0.accepted()
      for _ in 0..<4 { try $0.looked() }
    },
    .shows("STATUS_404", "known later", [.jobPolled, .jobPolled]) {
      try $0.accepted().failed(404).failed(404).looked()
    },
    .shows("STATUS_404", "not known yet", [.jobPolled], next: "ledger check j1") {
      try $0.accepted().failed(404)
    },
    .hides("STATUS_404", "looked for under our own id before the submit was answered") {
      try $0.given(.submit(), .start(own: "j1", at: $0.clock.after(seconds: 1)))
      try $0.failed(404).given(.accept(external: nil, at: $0.clock.after(seconds: 9))).looked()
    },
    .hides("STATUS_404", "the cancel found nothing") {
      try $0.accepted().failed(404, request: .cancel)
    },
    .shows(
      "UNKNOWN_STATUS_WORD", "a new word", [.jobPolled], next: "ledger provider show replicate"
    ) {
      try $0.accepted().failed(200, .unknownWord).looked()
    },
    .hides("UNKNOWN_STATUS_WORD", "no word at all") { try $0.accepted().failed(200).looked() },
    .shows("STREAM_REFUSED", "the stream is forbidden", [.jobNotified]) {
      try $0.accepted()
      var refused = Observation.unknown(class: .permanent, at: $0.clock.after(seconds: 2))
      refused.source = .notification(.sse, id: nil, verified: true)
      try $0.given(.observe(refused)).looked()
    },
    .hides("STREAM_REFUSED", "the stream tells of progress") {
      try $0.accepted().looked { $0.source = .notification(.sse, id: nil, verified: true) }
    },
  ]
}
