// What a word or a rule of a profile stands for, and how a provider's words are read.

import Ledger
import Wire

/// The closed set that a profile maps words and rules to.
enum Outcome: String, Sendable, CaseIterable {
  case pending
  /// Done, but the result must still be fetched.
  case finished
  case succeeded, failed, moderated, refused, canceled, aborted, expired, gone
  case noOutput = "no_output"
  case unknown

  var failureClass: FailureClass? {
    switch self {
    case .pending, .finished, .succeeded, .unknown: nil
    case .failed: .providerFailed
    case .moderated: .moderated
    case .refused: .refused
    case .canceled: .canceled
    case .aborted: .aborted
    case .expired: .expired
    case .gone: .gone
    case .noOutput: .noOutput
    }
  }

  var isTerminal: Bool { self == .succeeded || failureClass != nil }
}

/// Where the provider's word stands and what its words mean.
struct StateRule: Sendable, Equatable {
  /// How several words become one.
  enum Aggregate: String, Sendable, CaseIterable { case first, all, any }

  /// Longer words are no words.
  static let wordMax = 200

  var pointers = PointerList([])
  /// Keys normalised unless `caseSensitive`.
  var outcomes: [String: Outcome] = [:]
  var caseSensitive = false
  var aggregate = Aggregate.first
  /// What a 2xx reply without a word means: pending or unknown.
  var absent = Outcome.unknown
  /// Providers whose HTTP status is the state.
  var byStatus: [Int: Outcome] = [:]

  /// With an aggregate a part without a word counts as an empty one, which no profile may map: it
  /// must not be overlooked while the others have succeeded.
  func words(in json: JSON) -> [String] {
    if aggregate == .first { return pointers.text(in: json).map { [$0] } ?? [] }
    let parts = pointers.paths.lazy.map { $0.slots(in: json) }
      .first { $0.contains { !$0.isNull } }
    return (parts ?? []).map { $0.plainText ?? "" }
  }

  /// One word's outcome; `.unknown` for a word that is not mapped.
  func outcome(of word: String, extra: [String: Outcome] = [:]) -> Outcome {
    guard word.utf8.count <= StateRule.wordMax else { return .unknown }
    let key = caseSensitive ? word : word.normalised
    return extra[key] ?? outcomes[key] ?? .unknown
  }

  /// Several words' outcome; nil when there are none. With `all` every part must have succeeded,
  /// with `any` one success is enough; nothing is decided while a part is pending or unknown.
  func outcome(of words: [String], extra: [String: Outcome]) -> Outcome? {
    let all = words.map { outcome(of: $0, extra: extra) }
    guard let first = all.first else { return nil }
    let isGood: (Outcome) -> Bool = { $0 == .succeeded || $0 == .finished }
    if aggregate == .first { return first }
    if aggregate == .any, let good = all.first(where: isGood) { return good }
    if all.contains(.unknown) { return .unknown }
    if all.contains(.pending) { return .pending }
    return all.first { !isGood($0) } ?? (all.contains(.finished) ? .finished : .succeeded)
  }
}

extension String {
  /// Words are compared without case and surrounding space.
  var normalised: String { trimmed.lowercased() }
}
