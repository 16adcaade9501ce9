// Simulated worlds, seed after seed (F21).

import Glibc
import World

extension Torture {
  /// Runs `COUNT` worlds from `SEED` on; the first that fails is shortened, told and ends it.
  static func worlds(in directory: String, _ numbers: [Int]) {
    guard numbers.count >= 2 else { exit(64) }
    let (first, count) = (numbers[0], numbers[1])
    let campaign = Campaign(deeds: numbers.count > 2 ? numbers[2] : 40, in: directory)
    var sum = WorldReport()
    for seed in first..<first + count {
      let failure = campaign.run(seed: UInt64(seed)) { report in
        sum.add(report)
        if count == 1 { say("seed \(seed): \(report)") }
      }
      guard let failure else { continue }
      say("seed \(failure.seed) fails: \(failure.what)\n" + text(failure))
      say("the shortest history found:\n" + text(campaign.shortened(failure)))
      exit(1)
    }
    say(
      "\(count) worlds from seed \(first): \(sum.jobs) jobs, \(sum.events) events, "
        + "\(sum.deaths) deaths, \(sum.notifications) webhooks; every invariant held")
  }
  private static func text(_ failure: Failure) -> String {
    failure.story.map { "  \($0)" }.joined(separator: "\n")
  }
}
