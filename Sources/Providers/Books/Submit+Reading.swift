// What a submit's answer is to the books: accepted, refused, or in doubt (PRODUCT, "A job's life",
// rule 3). Which of them it is, the reading's proof says.

package import Ledger
package import Wire

extension FoundHandle {
  /// The handle an answer names, with the model that some status URLs need.
  package init(_ handle: ProviderHandle, of context: RequestContext, limits: ProfileLimits) {
    var urls = JSONObject()
    let known = [
      ("status", handle.statusURL), ("result", handle.resultURL), ("cancel", handle.cancelURL),
      ("stream", handle.streamURL),
    ]
    for (name, url) in known { urls[name] = url.map(JSON.string) }
    self.init(
      externalID: handle.externalID, urls: urls, model: context.model,
      step: UInt64(context.step - 1),
      patienceMilliseconds: UInt64(limits.patienceSeconds) * 1000)
  }
}

extension Acceptance {
  /// - Parameter pollAt: when to look for the first time.
  package init(
    _ reading: ReplyReading, of context: RequestContext, exchange: Exchange, profile: Profile,
    pollAt: Timestamp
  ) {
    // Without an answer that was read, only our own id says where the job is.
    let isRead = exchange.fault == nil && (exchange.httpStatus.map { $0 < 300 } ?? false)
    self.init(
      via: isRead ? .submit : .ownID,
      handle: FoundHandle(reading.handle, of: context, limits: profile.limits),
      exchange: exchange, word: reading.word, nextAt: pollAt)
    guard reading.isVerdict || reading.mustFetchResult else { return }
    outcome = Observation(
      reading, to: .status, exchange: exchange, billing: profile.billing, nextAt: pollAt)
  }
}

extension Refused {
  /// - Parameter retryAt: when it is sent again; nil when the refusal is for good.
  package init(
    _ reading: ReplyReading, exchange: Exchange, billing: BillingRule, retryAt: Timestamp?
  ) {
    let failure = reading.failureClass ?? .refused
    self.init(
      replyClass: reading.replyClass, exchange: exchange.saying(reading), retryAt: retryAt,
      isAccountProblem: reading.proof == .accountProblem, failureClass: failure,
      chargesCustomer: billing.chargeCustomer.contains(failure))
  }
}

extension Doubt {
  /// - Parameter id: the job, for the advice.
  package init(_ reading: ReplyReading, exchange: Exchange, job id: String) {
    let status = exchange.httpStatus ?? 0
    self.init(
      fault: exchange.fault ?? (status >= 500 ? .serverError : .unreadable),
      exchange: exchange.saying(reading), advice: Doubt.advice(job: id))
  }

  /// What a person can do where nothing can find out by itself.
  package static func advice(job id: String) -> String {
    "nobody knows whether the provider took this job; look for it there, then attach it with "
      + "`ledger track --id \(id) --external-id ...`, or decide: `ledger resolve \(id) --as ...`"
  }
}
