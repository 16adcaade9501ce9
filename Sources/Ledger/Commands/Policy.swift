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
    /// Names of saved outputs.
    case storeKey
    /// An http or https URL without path.
    case origin
    /// A name of letters, digits and `-`.
    case region
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
    Policy(
      name: storeKey, values: .storeKey, defaultValue: StoreKey.standard,
      explanation: "Names of saved outputs, from {account} {job} {step} {index} {ext} {date}"),
    Policy(
      name: storeURL, values: .webAddress, defaultValue: nil,
      explanation: "Where the world reaches the store: the address that saved outputs are shown "
        + "under"),
    Policy(
      name: storeEndpoint, values: .origin, defaultValue: nil,
      explanation: "Who keeps the s3:// store, such as https://ACCOUNT.r2.cloudflarestorage.com; "
        + "none: Amazon, in store_region"),
    Policy(
      name: storeRegion, values: .region, defaultValue: "auto",
      explanation: "The s3:// store's region; R2's is auto"),
    Policy(
      name: outputBytesMax, values: .bytes, defaultValue: "\(Limits.outputBytes)",
      explanation: "The largest output that is saved, bytes"),
  ]

  package static let captureOn = "capture_on"
  package static let lateSuccess = "late_success"
  package static let onAccountProblem = "on_account_problem"
  package static let diskFloor = "disk_floor"
  package static let publicURL = "public_url"
  package static let store = "store"
  package static let storeKey = "store_key"
  package static let storeURL = "store_url"
  package static let storeEndpoint = "store_endpoint"
  package static let storeRegion = "store_region"
  package static let outputBytesMax = "output_bytes_max"

  package static func named(_ name: String) -> Policy? { all.first { $0.name == name } }

  /// What it can be set to, in words.
  package var allowed: String {
    switch values {
    case .words(let words): words.joined(separator: " or ")
    case .bytes: "a number of bytes, 0 to \(UInt64.max)"
    case .webAddress: "an http or https URL without user, query or fragment"
    case .store: "s3://BUCKET[/PREFIX] or an absolute path of a directory as file:///DIR"
    case .storeKey:
      "a path such as \(StoreKey.standard), in which {job} stands alone or before / ~ or .{ext}"
    case .origin: "an http or https URL without path"
    case .region: "1 to 64 of a-z A-Z 0-9 -"
    }
  }

  /// Whether it can be set to `value`.
  package func takes(_ value: String) -> Bool {
    switch values {
    case .words(let words): words.contains(value)
    case .bytes: UInt64(value) != nil && value.utf8.allSatisfy { (0x30...0x39).contains($0) }
    case .webAddress: Policy.isPlainURL(value, ["https://", "http://"])
    case .store: Policy.isPlainURL(value, ["s3://", "file:///"]) && StorePlace(value) != nil
    case .storeKey: StoreKey(value) != nil
    case .origin:
      Policy.isPlainURL(value, ["https://", "http://"]) && value.count(where: { $0 == "/" }) == 2
    case .region:
      (1...64).contains(value.utf8.count)
        && value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
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
