// How long a test waits for what must come. Only a test that fails waits so long, so it costs
// nothing to be generous where everything is slow.

import Foundation

package enum Patience {
  /// How much slower this run is than an ordinary one: `LEDGER_PATIENCE`, by default 1. A sanitizer
  /// makes it 10 (tools/test --tsan).
  package static let factor: Double =
    ProcessInfo.processInfo.environment["LEDGER_PATIENCE"].flatMap { Double($0) } ?? 1

  /// A time that is right on an ordinary run, stretched to this one.
  package static func seconds(_ ordinary: Double) -> Double { ordinary * factor }

  /// The same from now on, as CLOCK_BOOTTIME will be then, microseconds.
  package static func end(after ordinary: Double, from now: Int64) -> Int64 {
    now + Int64(seconds(ordinary) * 1e6)
  }
}
