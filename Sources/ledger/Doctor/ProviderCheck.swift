// A provider in use: whether its profile can be used, and whether its tokens are found. A value is
// never held here, only names and where they were found.

import CommandLine
import Ledger
import Providers

/// What is known of one provider.
struct ProviderCheck {
  var name: String
  /// Open jobs that wait for it.
  var openJobs: Int
  /// A poller works: it may have variables that this shell has not.
  var isPollerActive: Bool
  /// Names of the secrets that its requests need, of several forms the one that is used.
  var needed: [String]
  /// Where each was found: a variable, or the provider's file.
  var found: [String: Place]
  /// Names of the secrets that sign its messages; empty: it signs none.
  var signing: [String]
  /// Providers are told where to call.
  var isCalled: Bool

  enum Place: String {
    case variable
    case file
  }

  var findings: [HealthFinding] { [tokens, webhooks].compactMap { $0 } }

  private var tokens: HealthFinding {
    let missing = needed.filter { found[$0] == nil }
    guard let first = missing.first else {
      let words = needed.map { "\($0) (\(place($0)))" }.joined(separator: ", ")
      return HealthFinding("tokens", .ok, "\(name): " + (words.isEmpty ? "none needed" : words))
    }
    let names = missing.joined(separator: ", ")
    let jobs = openJobs > 0 ? "; \(Human.count(openJobs)) open" : ""
    return HealthFinding(
      "tokens", openJobs > 0 && !isPollerActive ? .bad : .warn,
      "\(name): \(names) not set here, and not in secrets/\(name)\(jobs)"
        + (isPollerActive ? "; the poller may have its own" : ""),
      do: "export \(first)=...")
  }

  private func place(_ secret: String) -> String {
    found[secret] == .variable ? "variable" : "secrets/\(name), mode 600"
  }

  /// Nil where nothing is signed with a secret, or nobody calls.
  private var webhooks: HealthFinding? {
    guard isCalled, let first = signing.first else { return nil }
    if let secret = signing.first(where: { found[$0] != nil }) {
      return HealthFinding("webhook_keys", .ok, "\(name): \(secret) (\(place(secret)))")
    }
    return HealthFinding(
      "webhook_keys", .warn,
      "\(name): \(first) is not set here: its messages only make the poller look",
      do: "export \(first)=...")
  }
}
