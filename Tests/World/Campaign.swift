// Many worlds, one after the other; of one that fails, the shortest history that still does.

import Wire

/// What a seed came to.
package struct Failure: Sendable {
  package let seed: UInt64
  package let what: String
  /// The shortest choices that were found, and what happens under them.
  package let choices: [Int]
  package let story: [String]
}

package struct Campaign {
  /// Worlds made to find a shorter history.
  private static let attemptsMax = 250

  private let deeds: Int
  private let directory: String

  /// - Parameters:
  ///   - deeds: how many things are done to each world.
  ///   - directory: where homes may lie.
  package init(deeds: Int, in directory: String) {
    self.deeds = deeds
    self.directory = directory
  }

  /// One world; nil when everything held in it.
  package func run(seed: UInt64, _ report: (WorldReport) -> Void) -> Failure? {
    let choices = Choices(seed: seed)
    guard let (what, story) = fails(choices, report) else { return nil }
    return Failure(seed: seed, what: what, choices: choices.made, story: story)
  }

  /// What must not be, and how it came about; nil: nothing.
  private func fails(
    _ choices: Choices, _ report: (WorldReport) -> Void = { _ in }
  ) -> (what: String, story: [String])? {
    do {
      let world = try World(choices, deeds: deeds, in: directory)
      do {
        report(try world.run())
        return nil
      } catch {
        return ("\(error)", world.story + world.newestEvents())
      }
    } catch {
      return ("\(error)", [])
    }
  }

  /// The same failure by the shortest history that can be found.
  package func shortened(_ failure: Failure) -> Failure {
    let (shortest, told) = shorten(failure.choices, failure.what, failure.story)
    return Failure(seed: failure.seed, what: failure.what, choices: shortest, story: told)
  }

  /// What is wrong, whoever it happened to: another failure is another history.
  private static func kind(_ what: String) -> String { what.filter { !$0.isNumber } }

  /// Cuts pieces out, halves first, then makes single choices plain, as long as it still fails.
  private func shorten(
    _ choices: [Int], _ what: String, _ story: [String]
  ) -> ([Int], [String]) {
    var (best, told) = (choices, story)
    var attempts = 0
    func works(_ candidate: [Int]) -> Bool {
      attempts += 1
      guard attempts <= Campaign.attemptsMax, let failure = fails(Choices(candidate)),
        Campaign.kind(failure.what) == Campaign.kind(what)
      else { return false }
      (best, told) = (candidate, failure.story)
      return true
    }
    var size = max(1, best.count / 2)
    while size >= 1, attempts < Campaign.attemptsMax {
      var start = 0
      while start < best.count, attempts < Campaign.attemptsMax {
        var candidate = best
        candidate.removeSubrange(start..<min(start + size, candidate.count))
        if !works(candidate) { start += size }
      }
      if size == 1 { break }
      size /= 2
    }
    for index in best.indices where index < best.count && best[index] != 0 {
      var candidate = best
      candidate[index] = 0
      _ = works(candidate)
    }
    return (best, told)
  }
}
