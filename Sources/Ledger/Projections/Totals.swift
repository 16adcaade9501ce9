// Sums over everything: how many jobs are where, and the trial balance.

import LMDB
import Wire

/// Projection: one row of sums. The chart of accounts (PRODUCT.md, "Money"): issued, available and
/// held of all customers, revenue, expired, adjustments, write-off; it adds up to zero.
package struct Totals: Sendable, Equatable {
  /// Jobs by state, in the order of `JobState`.
  package fileprivate(set) var jobs = [UInt64](repeating: 0, count: JobState.allCases.count)
  package fileprivate(set) var granted: Credits = .zero
  package fileprivate(set) var expired: Credits = .zero
  package fileprivate(set) var held: Credits = .zero
  package fileprivate(set) var captured: Credits = .zero
  package fileprivate(set) var released: Credits = .zero
  package fileprivate(set) var refunded: Credits = .zero
  package fileprivate(set) var adjusted: Credits = .zero
  package fileprivate(set) var writtenOff: Credits = .zero
  /// In order of first appearance; there are a handful.
  package fileprivate(set) var providers: [ProviderTally] = []

  package func count(_ state: JobState) -> UInt64 { jobs[Int(state.rawValue)] }
}

extension Totals: Row {
  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    for index in jobs.indices { jobs[index] = row.integer() }
    granted = row.credits()
    expired = row.credits()
    held = row.credits()
    captured = row.credits()
    released = row.credits()
    refunded = row.credits()
    adjusted = row.credits()
    writtenOff = row.credits()
    while !row.isAtEnd { providers.append(ProviderTally(&row)) }
  }

  func encode(to bytes: inout [UInt8]) {
    for count in jobs { bytes.append(littleEndian: count) }
    for amount in [granted, expired, held, captured, released, refunded, adjusted, writtenOff] {
      bytes.append(amount)
    }
    for tally in providers { tally.encode(to: &bytes) }
  }

  mutating func apply(
    _ event: RecordedEvent, _ movement: Movement?, job change: JobChange?
  ) {
    if let change, change.old != change.new { move(change) }
    if case .jobRecovered(let body) = event.event { writtenOff += body.writtenOff ?? .zero }
    guard let movement else { return }
    switch movement.kind {
    case .granted: granted += movement.amount
    case .held: held += movement.amount
    case .captured:
      held -= movement.amount
      captured += movement.amount
    case .released:
      held -= movement.amount
      released += movement.amount
    case .refunded: refunded += movement.amount
    case .expired: expired += movement.amount
    case .adjusted: adjusted += movement.amount
    }
  }

  private mutating func move(_ change: JobChange) {
    let (old, new) = (change.old, change.new)
    if old.state != .none {
      guard count(old.state) > 0 else { endOverDamagedViews() }
      jobs[Int(old.state.rawValue)] -= 1
      providers[tally(of: old.provider)].remove(old.state)
    }
    jobs[Int(new.state.rawValue)] += 1
    providers[tally(of: new.provider)].add(new.state)
  }

  /// The place of a provider's tally.
  private mutating func tally(of provider: UInt32) -> Int {
    if let index = providers.firstIndex(where: { $0.provider == provider }) { return index }
    providers.append(ProviderTally(provider: provider))
    return providers.count - 1
  }
}
