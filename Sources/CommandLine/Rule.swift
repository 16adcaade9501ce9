// What must hold between options, where "required" alone cannot say it.

/// A relation between options (by long name) and operands (by their name in capitals).
package enum Rule: Sendable, Equatable {
  /// Exactly one of these.
  case exactlyOne([String])
  /// At least one of these.
  case atLeastOne([String])
  /// One of these or none.
  case atMostOne([String])
  /// If the first is given, so must be the second.
  case needs(String, String)

  var names: [String] {
    switch self {
    case .exactlyOne(let names), .atLeastOne(let names), .atMostOne(let names): names
    case .needs(let first, let second): [first, second]
    }
  }

  /// What is wrong when just the names in `given` were typed; nil when the rule holds.
  func problem(given isGiven: (String) -> Bool, label: (String) -> String) -> String? {
    let present = names.filter(isGiven)
    func list(_ names: [String], _ word: String) -> String {
      names.map(label).joined(separator: " \(word) ")
    }
    switch self {
    case .exactlyOne where present.isEmpty, .atLeastOne where present.isEmpty:
      return "\(list(names, "or")) is needed"
    case .exactlyOne where present.count > 1, .atMostOne where present.count > 1:
      return "\(list(present, "and")) cannot be given together"
    case .needs(let first, let second) where isGiven(first) && !isGiven(second):
      return "\(label(first)) needs \(label(second)) too"
    default: return nil
    }
  }
}
