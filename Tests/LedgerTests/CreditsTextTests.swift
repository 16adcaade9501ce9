// How an amount of credits is written: exactly, and as short as it can be.

import Testing

@testable import Ledger

@Suite("The text of credits")
struct CreditsTextTests {
  @Test(
    "an amount is written with as many decimals as it has",
    arguments: [
      (0, "0"), (1, "0.000001"), (-1, "-0.000001"), (100_000, "0.1"), (-500_000, "-0.5"),
      (27_000_000, "27"), (-27_000_000, "-27"), (1_000_001, "1.000001"), (-1_010_000, "-1.01"),
      (10_000_000, "10"), (.max, "9223372036854.775807"), (.min, "-9223372036854.775808"),
    ] as [(Int64, String)])
  func text(_ micros: Int64, _ text: String) {
    #expect(Credits(micros: micros).description == text)
  }

  @Test(
    "what was written is read again",
    arguments: [0, 1, -1, 999_999, -999_999, 1_000_000, -12_340_000, 1_000_000_000_000_000_000]
      as [Int64])
  func reading(_ micros: Int64) {
    #expect(Credits(Credits(micros: micros).description)?.micros == micros)
  }
}
