// What happened to a job, in a few words.

import Wire

extension Snapshot {
  mutating func jobWords(_ event: Event) throws -> String {
    switch event {
    case .jobSubmitted, .jobDispatchStarted, .jobDispatched, .jobDispatchUncertain,
      .jobDispatchRefused:
      try submitWords(event)
    case .jobPolled(let body):
      join(
        body.request.map { "asked for the \($0.name)" }, answer(body.httpStatus, body.fault),
        body.word, body.class == .ok ? nil : body.class.name,
        body.latencyMilliseconds.map { "\($0) ms" }, try note(body.message))
    case .jobNotified(let body):
      join(
        "by \(body.channel.name)", body.word, body.verified == false ? "not verified" : nil,
        try note(body.message))
    case .jobProgressed(let body):
      join(
        body.fraction.map { "\($0 / 10_000) %" }, body.queuePlace.map { "place \($0)" },
        try note(body.stage))
    case .jobSucceeded(let body): outputs(body.outputCount)
    case .jobStepSucceeded(let body):
      join(body.nextProvider.map { "next: \($0)" }, body.nextModel)
    case .jobRecovered(let body):
      join(outputs(body.outputCount), body.writtenOff.map { "\($0) written off" })
    case .jobFailed(let body): join(body.class.name, try note(body.message))
    case .jobCanceled(let body): join(body.class.name, try note(body.message))
    case .jobExpired: "the hold came to its end"
    case .jobOverdue(let body): "no verdict after \(body.patienceMilliseconds / 1000) s"
    case .jobCancelRequested(let body): try note(body.reason) ?? ""
    case .jobCheckRequested(let body): try note(body.reason) ?? ""
    case .jobUnparked(let body): try note(body.reason) ?? ""
    case .jobParked(let body): join(body.reason.name, try note(body.message))
    case .jobResolved(let body): join("as \(body.as.name)", try note(body.reason))
    default: try outputWords(event)
    }
  }

  private func outputs(_ count: UInt64) -> String { count == 1 ? "1 output" : "\(count) outputs" }

  private mutating func submitWords(_ event: Event) throws -> String {
    switch event {
    case .jobSubmitted(let body):
      join(
        body.tracked == true ? "adopted from \(body.provider)" : "to \(body.provider)",
        body.model)
    case .jobDispatchStarted(let body): "attempt \(body.attempt)"
    case .jobDispatched(let body):
      join(
        body.externalID.map { "as \($0)" }, body.via == .submit ? nil : "by \(body.via.name)",
        body.httpStatus.map { "HTTP \($0)" }, body.latencyMilliseconds.map { "\($0) ms" },
        try body.duplicateOf.flatMap { try views.subject($0) }.map { "owned by \($0.name.id)" })
    case .jobDispatchUncertain(let body):
      join(answer(body.httpStatus, body.fault), try note(body.message))
    case .jobDispatchRefused(let body):
      join(
        answer(body.httpStatus, body.fault), body.class.name,
        body.retry ? "to be sent again" : nil, try note(body.message))
    default: ""
    }
  }

  private func outputWords(_ event: Event) throws -> String {
    switch event {
    case .jobStoring(let body):
      body.attempt.map { "output \(body.output), attempt \($0)" }
        ?? "waits for its outputs to be saved"
    case .jobStored(let body): "output \(body.output), \(body.bytes) bytes"
    case .jobStoreFailed(let body):
      join(
        "output \(body.output)", answer(body.httpStatus, body.fault), body.class.name,
        try note(body.message))
    case .jobDelivered(let body): join("by \(body.channel.name)", body.consumer)
    case .jobDeliveryFailed(let body):
      join("by \(body.channel.name)", body.consumer, answer(body.httpStatus, body.fault))
    case .jobClientReported(let body): body.kind
    default: ""
    }
  }

  private func answer(_ status: UInt64?, _ fault: Fault?) -> String? {
    status.map { "HTTP \($0)" } ?? fault.map { "no answer: \($0.name)" }
  }
}
