// Progress from a number, or from the last match in a log.

import Wire

struct ProgressRule: Sendable, Equatable {
  let pointers: PointerList
  /// For logs: its group captures the number.
  let lastMatch: Pattern?
  /// The number that means "done".
  let scale: DecimalText

  /// Millionths, 0...1,000,000, rounded down.
  func read(_ json: JSON) -> Int? {
    let texts = pointers.values(in: json).compactMap(\.plainText)
    let text = lastMatch.map { $0.last(in: texts.joined(separator: "\n")) } ?? texts.first
    guard var number = text?.trimmed else { return nil }
    if number.hasSuffix("%") { number.removeLast() }
    return DecimalText(number)?.millionths(of: scale)
  }
}

extension [ProgressRule] {
  /// The first rule that yields a number wins.
  func read(_ json: JSON) -> Int? {
    lazy.compactMap { $0.read(json) }.first
  }
}
