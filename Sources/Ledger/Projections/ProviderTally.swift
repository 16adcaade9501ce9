// How many jobs a provider has, and how they went.

/// Part of the projection `Totals`: one provider's jobs.
package struct ProviderTally: Sendable, Equatable {
  /// Number of its name in the views.
  package let provider: UInt32
  package fileprivate(set) var open: UInt64 = 0
  package fileprivate(set) var succeeded: UInt64 = 0
  /// Failed, canceled or expired.
  package fileprivate(set) var failed: UInt64 = 0

  package init(provider: UInt32) { self.provider = provider }

  init(_ row: inout RowReader) {
    provider = row.varint()
    open = row.varint()
    succeeded = row.varint()
    failed = row.varint()
  }

  func encode(to bytes: inout [UInt8]) {
    bytes.append(varint: provider)
    bytes.append(varint: open)
    bytes.append(varint: succeeded)
    bytes.append(varint: failed)
  }

  private mutating func change(_ state: JobState, _ count: (inout UInt64) -> Void) {
    switch state {
    case .succeeded: count(&succeeded)
    case .failed, .canceled, .expired: count(&failed)
    default: count(&open)
    }
  }

  /// A job of it that is in `state`, or is no longer.
  package mutating func add(_ state: JobState) { change(state) { $0 += 1 } }
  mutating func remove(_ state: JobState) {
    change(state) { count in
      guard count > 0 else { endOverDamagedViews() }
      count -= 1
    }
  }
}
