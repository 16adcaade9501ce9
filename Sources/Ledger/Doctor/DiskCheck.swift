// Room for what will be written.

/// Free bytes against the floor (policy `disk_floor`).
struct DiskCheck: Sendable {
  /// Below so many floors a person should look before nothing can be written.
  static let floorsToWarn: UInt64 = 10

  var free: UInt64
  var floor: UInt64

  var finding: HealthFinding {
    let words = "\(Rough.bytes(free)) free, the floor is \(Rough.bytes(floor))"
    if free < floor {
      return HealthFinding(
        "disk", .bad, "\(words): nothing is written", do: "ledger config set disk_floor BYTES")
    }
    let (enough, overflow) = floor.multipliedReportingOverflow(by: DiskCheck.floorsToWarn)
    return overflow || free < enough
      ? HealthFinding("disk", .warn, words, do: "ledger prune --blobs-before 90d")
      : HealthFinding("disk", .ok, words)
  }
}
