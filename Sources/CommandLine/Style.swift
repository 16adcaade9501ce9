// Colours by meaning, not by name, and only where a person looks.

/// Marks text for a terminal, or leaves it alone when `isOn` is false.
package struct Style: Sendable, Equatable {
  package let isOn: Bool

  package init(isOn: Bool) { self.isOn = isOn }

  /// What a piece of text means.
  package enum Tone: String, Sendable, CaseIterable {
    case bold = "\u{1b}[1m"
    case dim = "\u{1b}[2m"
    /// Succeeded, in order.
    case good = "\u{1b}[32m"
    /// Failed, damaged.
    case bad = "\u{1b}[31m"
    /// Under way.
    case waiting = "\u{1b}[36m"
    /// A person should look.
    case attention = "\u{1b}[33m"
  }

  static let reset = "\u{1b}[0m"

  /// Everything a style ever writes (ECMA-48, SGR).
  static let sequences = Tone.allCases.map(\.rawValue) + [reset]

  /// `text` in `tone`; unchanged when off, nil or empty.
  package func callAsFunction(_ tone: Tone?, _ text: String) -> String {
    guard isOn, let tone, !text.isEmpty else { return text }
    return tone.rawValue + text + Style.reset
  }

  package func bold(_ text: String) -> String { self(.bold, text) }
  package func dim(_ text: String) -> String { self(.dim, text) }
}
