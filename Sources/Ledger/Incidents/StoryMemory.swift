// What one snapshot found out once for all jobs that are asked about.

struct StoryMemory {
  var poller: PollerTrace?
  /// By provider; nil: nothing is recorded.
  var billed: [String: BilledPeriod?] = [:]
}

extension Snapshot {
  /// What a provider's recorded invoices cover; nil: none was recorded.
  mutating func billed(by provider: String) throws -> BilledPeriod? {
    if let known = memory.billed[provider] { return known }
    let isKnown = try views.number(of: .provider(provider)) != nil
    let period = isKnown ? try billedPeriod(provider: provider) : nil
    memory.billed.updateValue(period, forKey: provider)
    return period
  }
}
