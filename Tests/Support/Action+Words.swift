// Short words for what tests ask of the books: account acme, job j1, provider replicate.

package import Ledger
package import Wire

extension Action {
  package static func grant(
    _ amount: String, to account: String = "acme", expires: Timestamp? = nil,
    priority: Int64 = 0, reason: String? = nil
  ) -> Action {
    .grant(
      Grant(
        account: account, amount: Credits(amount)!, expires: expires.map { .at($0) },
        priority: priority, reason: reason))
  }

  package static func limit(_ amount: String, of account: String = "acme") -> Action {
    .setLimit(account: account, limit: Credits(amount)!, reason: nil)
  }

  package static func submit(
    _ id: String = "j1", hold: String = "5", account: String = "acme",
    provider: String = "replicate", input: JSON? = nil, holdExpires: Timestamp? = nil,
    patience: UInt64? = nil
  ) -> Action {
    .submit(
      Submission(
        id: id, account: account, provider: provider, hold: Credits(hold)!, input: input,
        patienceMilliseconds: patience, holdExpires: holdExpires.map { .at($0) }))
  }

  /// Adopts a job, or, without `hold`, attaches a found handle.
  package static func track(
    _ id: String = "j1", external: String = "p1", hold: String? = "5", account: String = "acme",
    provider: String = "replicate"
  ) -> Action {
    .track(
      Tracking(
        submission: Submission(
          id: id, account: account, provider: provider, hold: Credits(hold ?? "0")!),
        hasHold: hold != nil, handle: FoundHandle(externalID: external)))
  }

  /// An attempt begins. `own` is the handle where our own id is it; `key` is sent with the request.
  package static func start(
    _ id: String = "j1", own: String? = nil, key: String? = nil, at nextAt: Timestamp = .epoch
  ) -> Action {
    .job(id, .startDispatch(DispatchStart(externalID: own, idempotencyKey: key, nextAt: nextAt)))
  }

  package static func accept(
    _ id: String = "j1", external: String? = "p1", via: HandleSource = .submit,
    patience: UInt64? = nil, outcome: Observation? = nil, at nextAt: Timestamp = .epoch
  ) -> Action {
    let handle = FoundHandle(externalID: external, patienceMilliseconds: patience)
    return .job(
      id, .accept(Acceptance(via: via, handle: handle, nextAt: nextAt, outcome: outcome)))
  }

  package static func doubt(
    _ id: String = "j1", fault: Fault = .timeout, reconcileAt: Timestamp? = .epoch
  ) -> Action {
    let exchange = Exchange(fault: fault)
    return .job(
      id,
      .doubt(
        Doubt(fault: fault, exchange: exchange, reconcileAt: reconcileAt, advice: "look there")))
  }

  package static func refuse(
    _ id: String = "j1", status: UInt64 = 422, class replyClass: ReplyClass = .permanent,
    retryAt: Timestamp? = nil, accountProblem: Bool = false, charges: Bool = false
  ) -> Action {
    .job(
      id,
      .refuse(
        Refused(
          replyClass: replyClass, exchange: Exchange(httpStatus: status, message: "no"),
          retryAt: retryAt, isAccountProblem: accountProblem, chargesCustomer: charges)))
  }

  package static func observe(_ observation: Observation) -> Action { observe("j1", observation) }
  package static func observe(_ id: String, _ observation: Observation) -> Action {
    .job(id, .observe(observation))
  }

  package static func cancel(_ id: String = "j1") -> Action { .job(id, .cancel(reason: nil)) }
  package static func check(_ id: String = "j1") -> Action { .job(id, .check(reason: nil)) }
  package static func expire(_ id: String = "j1", lookAt: Timestamp? = nil) -> Action {
    .job(id, .expire(lookAt: lookAt))
  }
  package static func resolve(
    _ id: String = "j1", as resolution: Resolution, reason: String? = "seen there"
  ) -> Action {
    .job(id, .resolve(resolution, reason: reason))
  }
  package static func refund(
    _ amount: String? = nil, of job: String = "j1", reason: String? = "sorry"
  ) -> Action {
    .refund(Refund(job: job, amount: amount.map { Credits($0)! }, reason: reason))
  }
  package static func adjust(
    _ amount: String, of account: String = "acme", reason: String? = "a mistake"
  ) -> Action {
    .adjust(Adjustment(account: account, amount: Credits(amount)!, reason: reason))
  }
  /// An attempt to save the next output begins.
  package static func startStore(_ id: String = "j1", at nextAt: Timestamp = .epoch) -> Action {
    .job(id, .startStore(nextAt: nextAt))
  }
  package static func stored(_ output: UInt64 = 0, of id: String = "j1") -> Action {
    let sha256 = [UInt8](repeating: 7, count: 32)
    return .job(
      id,
      .stored(
        StoredOutput(
          output: output, store: "s3://bucket", key: "out/\(output)", bytes: 1000, sha256: sha256)))
  }
  package static func storeFailed(
    _ output: UInt64 = 0, of id: String = "j1", retryAt: Timestamp? = nil
  ) -> Action {
    let failure = StoreFailure(output: output, replyClass: .transient, retryAt: retryAt)
    return .job(id, .storeFailed(failure))
  }
  package static func policy(_ name: String, _ value: String?) -> Action {
    .setPolicy(name: name, value: value)
  }
  package static func unpark(_ id: String = "j1") -> Action { .job(id, .unpark(reason: nil)) }
  package static func park(_ id: String = "j1", _ reason: ParkReason = .operator) -> Action {
    .job(id, .park(reason, message: "look"))
  }
}

extension Timestamp {
  /// 1970: long due.
  package static let epoch = Timestamp(microseconds: 1)
}

extension Observation {
  package static func pending(fraction: UInt64? = nil, at nextAt: Timestamp = .epoch) -> Observation
  {
    var seen = Observation(source: .poll(.status), reading: .pending, nextAt: nextAt)
    seen.exchange.httpStatus = 200
    seen.word = "processing"
    seen.fraction = fraction
    return seen
  }

  package static func succeeded(
    outputs: Int = 1, charge: String? = nil, source: Source = .poll(.status)
  ) -> Observation {
    var seen = Observation(source: source, reading: .succeeded)
    seen.word = "succeeded"
    seen.outputs = (0..<outputs).map { Output(url: "https://files.example/\($0).mp4") }
    seen.charge = charge.map { Credits($0)! }
    return seen
  }

  package static func failed(
    _ failure: FailureClass = .providerFailed, charges: Bool = false, charge: String? = nil,
    source: Source = .poll(.status)
  ) -> Observation {
    var seen = Observation(source: source, reading: .failed)
    seen.word = "failed"
    seen.failureClass = failure
    seen.chargesCustomer = charges
    seen.charge = charge.map { Credits($0)! }
    return seen
  }

  package static func canceled(charges: Bool = false) -> Observation {
    var seen = Observation(source: .poll(.status), reading: .canceled)
    seen.word = "canceled"
    seen.chargesCustomer = charges
    return seen
  }

  /// A poll that brought no word of the job: an HTTP status, or a fault when nothing came.
  package static func unknown(
    status: UInt64? = nil, fault: Fault? = nil, class replyClass: ReplyClass = .transient,
    at nextAt: Timestamp = .epoch
  ) -> Observation {
    Observation(
      source: .poll(.status), exchange: Exchange(httpStatus: status, fault: fault),
      replyClass: replyClass, reading: .unknown, nextAt: nextAt)
  }
}
