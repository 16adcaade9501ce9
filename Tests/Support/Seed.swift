// Randomness a person can repeat: one seed per run, from LEDGER_SEED or drawn afresh, named in
// every failure of a test that carries the trait `.seeded`.

import Glibc
package import Testing
package import Wire

/// The seed of this run of the tests.
package enum Seed {
  /// `LEDGER_SEED` (decimal, 0 to 2^64 − 1), else drawn once per process. It is also written to
  /// standard error at first use, because a trap ends the process before any failure is reported.
  package static let current: UInt64 = {
    var fresh = SystemRandomNumberGenerator()
    let seed = fromEnvironment ?? fresh.next()
    let line = Array("LEDGER_SEED=\(seed) repeats this run's random choices\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    return seed
  }()

  private static var fromEnvironment: UInt64? {
    guard let text = getenv("LEDGER_SEED") else { return nil }
    guard let seed = UInt64(String(cString: text)) else {
      fatalError("LEDGER_SEED must be a decimal number from 0 to \(UInt64.max)")
    }
    return seed
  }

  /// The run's generator for one purpose. Each purpose has its own stream, so that a test draws the
  /// same numbers whichever tests ran before it.
  package static func generator(for purpose: String) -> SplitMix64 {
    // FNV-1a: short, and the same in every process, unlike `Hasher`.
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return SplitMix64(seed: current ^ hash)
  }
}

extension Trait where Self == IssueHandlingTrait {
  /// Adds the seed to every failure, so that the run can be repeated with `LEDGER_SEED`.
  package static var seeded: Self {
    .compactMapIssues { issue in
      var issue = issue
      issue.comments.append("repeat with LEDGER_SEED=\(Seed.current)")
      return issue
    }
  }
}
