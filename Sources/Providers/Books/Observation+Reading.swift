// From a provider's reply to what the books are told about it.

package import Ledger
package import Wire

extension Observation {
  /// What a reply to a status, result or cancel request says of a job.
  /// - Parameters:
  ///   - billing: what the customer pays by the profile.
  ///   - nextAt: when to look again, should this be no verdict.
  package init(
    _ reading: ReplyReading, to request: PollRequest, exchange: Exchange, billing: BillingRule,
    nextAt: Timestamp?
  ) {
    self.init(
      source: .poll(request), exchange: exchange.saying(reading), word: reading.word,
      replyClass: reading.replyClass, reading: reading.state, nextAt: nextAt)
    failureClass = reading.failureClass
    chargesCustomer = reading.failureClass.map(billing.chargeCustomer.contains) ?? false
    chargesCompletedStep = billing.chargeCompletedSteps
    outputs = reading.outputs.map { output in
      Output(
        url: output.url, mediaType: output.mediaType, needsAuth: output.needsAuth,
        expiresAt: output.expiresAt)
    }
    charge = reading.chargeReported.flatMap(Credits.init(reported:))
    fraction = reading.progress.map { UInt64(clamping: $0) }
    stage = reading.stage
    queuePlace = reading.queuePosition.map { UInt64(clamping: $0) }
    nextRequest = reading.mustFetchResult ? .result : nil
  }
}

extension Credits {
  /// What a provider reports, bounded like every amount; nil for less than nothing.
  init?(reported micros: Int64) {
    guard micros >= 0 else { return nil }
    self = min(Credits(micros: micros), .limit)
  }
}

extension Exchange {
  /// With the provider's own words for an error, where nothing of ours is said already.
  package func saying(_ reading: ReplyReading) -> Exchange {
    var exchange = self
    exchange.message = exchange.message ?? reading.error
    return exchange
  }
}
