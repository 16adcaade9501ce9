// The rules of the house that an operator can change: the one table of them. Each change is
// `ledger.policy_set`, and the last one rules.

import Wire

/// A rule of the house.
package struct Policy: Sendable {
  /// What it can be set to.
  package enum Values: Sendable, Equatable {
    case words([String])
    /// A number of bytes.
    case bytes
    /// An http or https URL without query.
    case webAddress
    /// Where outputs are saved.
    case store
  }

  package let name: String
  package let values: Values
  /// What rules while nobody has set it; nil: nothing.
  package let defaultValue: String?
  /// One sentence without a full stop.
  package let explanation: String

  /// Every policy, in the order of `config list`.
  package static let all: [Policy] = [
    Policy(
      name: captureOn, values: .words(["succeeded", "stored"]), defaultValue: "succeeded",
      explanation: "When a job is charged: at the provider's success, or once its outputs are "
        + "saved in the store"),
    Policy(
      name: lateSuccess, values: .words(["write_off", "charge"]), defaultValue: "write_off",
      explanation: "A success seen after the hold was given back: the house pays, or the "
        + "customer, where he has enough"),
    Policy(
      name: onAccountProblem, values: .words(["wait", "fail"]), defaultValue: "wait",
      explanation: "A provider refuses our own key or credit: its jobs wait and submission "
        + "pauses, or they fail"),
    Policy(
      name: diskFloor, values: .bytes, defaultValue: "\(Limits.diskFloor)",
      explanation: "Free bytes on the file system below which nothing is written"),
    Policy(
      name: publicURL, values: .webAddress, defaultValue: nil,
      explanation: "Where the world reaches `ledger serve`: the address given to providers for "
        + "webhooks"),
    Policy(
      name: store, values: .store, defaultValue: nil,
      explanation: "Where outputs are saved before their providers remove them"),
  ]

  package static let captureOn = "capture_on"
  package static let lateSuccess = "late_success"
  package static let onAccountProblem = "on_account_problem"
  package static let diskFloor = "disk_floor"
  package static let publicURL = "public_url"
  package static let store = "store"

  package static func named(_ name: String) -> Policy? { all.first { $0.name == name } }

  /// What it can be set to, in words.
  package var allowed: String {
    switch values {
    case .words(let words): words.joined(separator: " or ")
    case .bytes: "a number of bytes, 0 to \(UInt64.max)"
    case .webAddress: "an http or https URL without user, query or fragment"
    case .store: "s3://BUCKET[/PREFIX] or an absolute path of a directory as file:///DIR"
    }
  }

  /// Whether it can be set to `value`.
  package func takes(_ value: String) -> Bool {
    switch values {
    case .words(let words): words.contains(value)
    case .bytes: UInt64(value) != nil && value.utf8.allSatisfy { (0x30...0x39).contains($0) }
    case .webAddress: Policy.isPlainURL(value, ["https://", "http://"])
    case .store: Policy.isPlainURL(value, ["s3://", "file:///"])
    }
  }

  /// A scheme and something behind it, of visible ASCII that needs no quoting.
  private static func isPlainURL(_ text: String, _ schemes: [String]) -> Bool {
    guard let scheme = schemes.first(where: text.hasPrefix) else { return false }
    let rest = text.utf8.dropFirst(scheme.utf8.count)
    let refused = Set("@?#\\\"<>^`{|}".utf8)
    return !rest.isEmpty && rest.first != UInt8(ascii: "/")
      && rest.allSatisfy { (0x21...0x7E).contains($0) && !refused.contains($0) }
  }
}
