// The rules of the house against the world: a store that is there, an address that can be reached.

/// What the policies say, and what was seen of it.
struct PolicyCheck: Sendable {
  /// A folder as it was found.
  enum Folder: Sendable { case fine, missing, notWritable }

  var captureOn: String?
  /// Policy `store`.
  var store: String?
  /// Of a store that is a folder.
  var folder: Folder?
  /// Of a store that is a bucket: whether both keys were found; nil: the file with them must not be
  /// used, and why.
  var bucketKeys: Result<Bool, SecretError>?
  var publicURL: String?

  var findings: [HealthFinding] { [storeFinding, addressFinding] }

  private var storeFinding: HealthFinding {
    guard let store else {
      return captureOn == "stored"
        ? HealthFinding(
          "store", .bad, "capture_on is stored, and there is no store: no job is ever charged",
          do: "ledger config set store file:///DIR")
        : HealthFinding("store", .ok, "none: outputs stay at their providers")
    }
    switch folder {
    case .missing?:
      return HealthFinding(
        "store", .bad, "\(store) is not there: a disk that is not mounted?",
        do: "ledger config set store \(store)")
    case .notWritable?:
      return HealthFinding(
        "store", .bad, "\(store) cannot be written to", do: "ls -ld \(store.dropFirst(7))")
    default: break
    }
    switch bucketKeys {
    case .failure(let error)?:
      return HealthFinding("store", .bad, "\(store): \(error)", do: "chmod 600 HOME/secrets/store")
    case .success(false)?:
      return HealthFinding(
        "store", .warn, "\(store): no AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY here",
        do: "export AWS_ACCESS_KEY_ID=... AWS_SECRET_ACCESS_KEY=...")
    default: return HealthFinding("store", .ok, store)
    }
  }

  private var addressFinding: HealthFinding {
    guard let publicURL else {
      return HealthFinding("public_url", .ok, "none: providers are not told where to call")
    }
    let host = publicURL.split(separator: "/").dropFirst().first ?? ""
    let isLocal = ["localhost", "127.", "[::1]"].contains { host.hasPrefix($0) }
    if isLocal {
      return HealthFinding(
        "public_url", .warn, "\(publicURL) is this machine alone: no provider can call it",
        do: "ledger config set public_url https://HOST")
    }
    if publicURL.hasPrefix("http://") {
      return HealthFinding(
        "public_url", .warn,
        "\(publicURL) is not encrypted: whoever is between can read and hold "
          + "back webhooks", do: "ledger config set public_url https://\(host)")
    }
    return HealthFinding("public_url", .ok, publicURL)
  }
}
