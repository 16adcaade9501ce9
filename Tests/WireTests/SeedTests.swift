// The randomness under the other tests must itself be repeatable.

import Support
import Testing
import Wire

@Suite("The seed") struct SeedTests {
  @Test("SplitMix64 gives the published numbers for seed 1234567")
  func vectors() {
    var random = SplitMix64(seed: 1_234_567)
    let numbers = (0..<5).map { _ in random.next() }
    #expect(
      numbers == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
        4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
      ])
  }

  @Test("one purpose always draws the same numbers, two purposes different ones")
  func streams() {
    func first(_ purpose: String) -> [UInt64] {
      var random = Seed.generator(for: purpose)
      return (0..<4).map { _ in random.next() }
    }
    #expect(first("a") == first("a"))
    #expect(first("a") != first("b"))
  }
}
