// The product's side of every comparison: the same workload as the floors in C, through the real
// decisions, log and views. Each command prints one JSON line.

import Ledger

@main enum Bench {
  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    guard words.count >= 2 else { return usage() }
    let home = Home(words[1])
    let numbers = words.dropFirst(2).compactMap { UInt64($0) }
    guard numbers.count == words.count - 2 else { return usage() }
    switch (words[0], numbers.count) {
    case ("append", 3):
      try append(home, events: Int(numbers[0]), perCommit: Int(numbers[1]), seed: numbers[2])
    case ("callers", 3):
      try callers(home, events: Int(numbers[0]), callers: Int(numbers[1]), seed: numbers[2])
    case ("track", 1): try track(home, jobs: Int(numbers[0]))
    case ("replay", 0): try replay(home)
    case ("verify", 0): try verify(home)
    case ("audit", 0): try audit(home)
    case ("incidents", 0): try incidents(home)
    case ("as-of", 2): try asOf(home, questions: Int(numbers[0]), seed: numbers[1])
    default: usage()
    }
  }

  private static func usage() {
    print(
      """
      usage: bench append HOME EVENTS PER_COMMIT SEED | callers HOME EVENTS CALLERS SEED
                   track HOME JOBS | as-of HOME QUESTIONS SEED
                   replay HOME | verify HOME | audit HOME | incidents HOME
      """)
  }
}
