// Words that a profile may choose from: closed sets of this module, and some of the event table's.

import Ledger

/// A member of a closed set as profiles write it.
protocol ProfileWord: CaseIterable, Sendable, Equatable {
  var word: String { get }
  /// What a profile may say.
  static var offered: [Self] { get }
}

extension ProfileWord {
  static var offered: [Self] { Array(allCases) }

  init?(word: String) {
    guard let value = Self.offered.first(where: { $0.word == word }) else { return nil }
    self = value
  }
}

extension ProfileWord where Self: RawRepresentable, RawValue == String {
  var word: String { rawValue }
}

extension ReplyClass: ProfileWord {
  var word: String { name }
}

extension FailureClass: ProfileWord {
  var word: String { name }
  /// `resolved` is an operator's verdict, never a provider's.
  static var offered: [FailureClass] { allCases.filter { $0 != .resolved } }
}

extension Outcome: ProfileWord {}
extension StateRule.Aggregate: ProfileWord {}
extension BillingRule.Hint: ProfileWord {}
