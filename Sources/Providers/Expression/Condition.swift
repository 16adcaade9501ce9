// Questions a profile may ask of a reply. All tests of one condition must hold.

import Ledger
import Wire

/// A predicate over one reply.
indirect enum Condition: Sendable, Equatable {
  /// The HTTP status is one of these ranges.
  case status([ClosedRange<Int>])
  /// The provider's word, normalised, is one of these.
  case word(Set<String>)
  case present(PointerList)
  case absent(PointerList)
  /// Some value at the path equals this one (numbers by their text).
  case equals(PointerPath, JSON)
  /// Some scalar at the path, as text, matches.
  case matches(PointerPath, Pattern)
  case header(String, Pattern)
  /// The error text, as the profile reads it, matches.
  case errorMatches(Pattern)
  /// Whether the profile finds outputs.
  case outputs(Bool)
  case all([Condition])
  case any([Condition])
  case not(Condition)

  func holds(for facts: ReplyFacts) -> Bool {
    switch self {
    case .status(let ranges): ranges.contains { $0.contains(facts.reply.status) }
    case .word(let words): facts.words.contains { words.contains($0.normalised) }
    case .present(let list): list.first(in: facts.json) != nil
    case .absent(let list): list.first(in: facts.json) == nil
    case .equals(let path, let value): path.values(in: facts.json).contains(value)
    case .matches(let path, let pattern):
      path.values(in: facts.json).contains { value in
        value.plainText.map(pattern.matches) ?? false
      }
    case .header(let name, let pattern): facts.reply.header(name).map(pattern.matches) ?? false
    case .errorMatches(let pattern): facts.errorText.map(pattern.matches) ?? false
    case .outputs(let expected): facts.outputs.isEmpty != expected
    case .all(let conditions): conditions.allSatisfy { $0.holds(for: facts) }
    case .any(let conditions): conditions.contains { $0.holds(for: facts) }
    case .not(let condition): !condition.holds(for: facts)
    }
  }
}

/// A condition and what follows from it; in a list of rules the first that holds wins.
struct Rule<Consequence: Sendable & Equatable>: Sendable, Equatable {
  let when: Condition
  let consequence: Consequence
}

extension [Rule<ReplyClass>] {
  func first(for facts: ReplyFacts) -> ReplyClass? {
    first { $0.when.holds(for: facts) }?.consequence
  }
}

extension [Rule<Outcome>] {
  func first(for facts: ReplyFacts) -> Outcome? {
    first { $0.when.holds(for: facts) }?.consequence
  }
}
