// What providers billed for a job, and how far their invoices are known.

import LMDB
import Wire

extension Snapshot {
  /// The recorded lines of invoices (`provider.billed`) that are for a job, in order: those matched
  /// with it, and those recorded before the job was known whose id is the provider's id of it.
  package mutating func bills(of job: SubjectNumber) throws -> [RecordedEvent] {
    var positions = Set(try matchedBills(of: job))
    for handle in try handles(of: job) {
      guard let provider = try views.number(of: .provider(handle.provider)),
        let position = try views.bill(handle.externalID, from: provider),
        case .providerBilled(let body)? = try log.event(at: position)?.event, body.job == nil
      else { continue }
      positions.insert(position)
    }
    return try positions.sorted().compactMap { try log.event(at: $0) }
  }

  /// The recorded line of a provider's invoice; nil when it is not recorded.
  package mutating func bill(provider: String, lineID: String) throws -> RecordedEvent? {
    guard let number = try views.number(of: .provider(provider)),
      let position = try views.bill(lineID, from: number)
    else { return nil }
    return try log.event(at: position)
  }

  /// From when to when the recorded invoices of a provider reach.
  package mutating func billedPeriod(provider: String) throws -> BilledPeriod {
    guard let number = try views.number(of: .provider(provider)) else { return BilledPeriod() }
    let prefix = Bills.periodKey(number, 0).prefix(9)
    var invoices: [BilledSpan] = []
    try billRows(from: Array(prefix)) { _, value in invoices.append(BilledSpan(value)) }
    return BilledPeriod(invoices)
  }

  private func matchedBills(of job: SubjectNumber) throws -> [Position] {
    var positions: [Position] = []
    try billRows(from: Array(Bills.jobKey(job, 0).prefix(9))) { key, _ in
      positions.append(key.field(UInt64.self, at: 9).byteSwapped)
    }
    return positions
  }

  private func billRows(from prefix: [UInt8], _ body: (RawSpan, RawSpan) -> Void) throws {
    let cursor = try views.source.transaction.cursor(views.source.tables[.bills])
    var next = try cursor.seek(prefix.bytes)
    while let row = next, row.key.byteCount > prefix.count,
      row.key.extracting(0..<prefix.count).array == prefix
    {
      body(row.key, row.value)
      next = try cursor.next()
    }
  }

  /// The provider's ids of a job's steps, as far as they are known.
  mutating func handles(of number: SubjectNumber) throws -> [Handle] {
    guard let details = try details(number) else { return [] }
    var handles: [Handle] = []
    if let known = details.handle, let id = known.externalID,
      !details.job.flags.contains(.duplicate)
    {
      handles.append(
        Handle(provider: known.provider, externalID: id, step: UInt64(details.job.step)))
    }
    for (step, done) in details.job.pipeline.enumerated() where done.handle != 0 {
      let target = try target(of: step, details.job, details.submitted)
      guard let known = try handle(at: done.handle, target.provider ?? ""),
        let id = known.externalID
      else { continue }
      handles.append(Handle(provider: known.provider, externalID: id, step: UInt64(step)))
    }
    return handles
  }
}

extension Views where Source: ~Copyable {
  mutating func bill(
    _ lineID: String, from provider: SubjectNumber
  ) throws(LMDBError) -> Position? {
    try fold.bills.position(of: lineID, from: provider, in: source)
  }
}
