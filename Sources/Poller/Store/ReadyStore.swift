// The store as it stands: the policies' words with keys and addresses in place, or what is missing.

import Glibc
import HTTP
import Ledger
import Posix
import Providers
import Wire

/// A store that can be written to.
struct ReadyStore: Sendable {
  enum Kind: Sendable {
    case folder(String)
    case bucket(Bucket)
  }

  /// Policy `store` as it was set.
  let text: String
  let place: StorePlace
  let kind: Kind
  let key: StoreKey
  /// Policy `store_url`.
  let base: String?
  /// The largest output, bytes.
  let bytesMax: Int
  /// Free bytes that must stay, as for the log.
  let diskFloor: UInt64
  /// Where files grow before they are whole.
  let workshop: String

  /// Whether what is stored has an address that a provider can fetch from.
  var hasAddresses: Bool {
    if base != nil { return true }
    if case .bucket = kind { return true }
    return false
  }
}

/// A bucket behind S3's API, addressed by path.
struct Bucket: Sendable {
  let name: String
  /// Scheme and authority.
  let endpoint: String
  let signer: SigV4

  func path(of key: String) -> String { "/\(name)/\(PathSegment.percentEncoded(key))" }

  /// The request that puts a file there. One PUT takes up to 5 GiB; the same key is overwritten.
  func put(_ file: WholeFile, as key: String, at time: Timestamp) -> HTTPRequest {
    var fields: [(name: String, value: String)] = []
    if let type = file.mediaType { fields.append(("content-type", type)) }
    let path = path(of: key)
    let signed = signer.headers(
      method: "PUT", path: path, headers: fields, digest: Hex.text(file.sha256), at: time)
    var request = HTTPRequest(.put, endpoint + path, headers: HTTPHeaders(signed))
    request.file = FileBody(path: file.path, bytes: file.bytes)
    request.maxResponseBytes = 64 << 10
    return request
  }

  /// An address under which the object can be fetched for a while. The same one for some days, so
  /// that a request repeated under its idempotency key has the same body.
  func signedURL(of key: String, since: Timestamp, now: Timestamp) -> String {
    let window = Int64(SigV4.urlSecondsMax / 2) * 1_000_000
    let age = max(0, now.microseconds - since.microseconds)
    let start = Timestamp(microseconds: since.microseconds + age / window * window)
    let path = path(of: key)
    return "\(endpoint)\(path)?\(signer.query(path: path, seconds: SigV4.urlSecondsMax, at: start))"
  }
}

/// A file that is complete and on the disk.
struct WholeFile: Sendable, Equatable {
  let path: String
  let bytes: Int
  /// SHA-256 of the content, 32 bytes.
  let sha256: [UInt8]
  var mediaType: String?
}

/// The store, or why there is none to write to.
enum StoreAnswer: Sendable {
  case ready(ReadyStore)
  /// None is set.
  case none
  /// It is set, and its surroundings are not right: what is to be saved waits.
  case blocked(String)

  static let secretsName = "store"
  static let keyNames = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]

  /// Reads the policies.
  init(
    _ snapshot: inout Snapshot, home: Home, secrets: Secrets, allowLoopback: Bool
  ) throws {
    guard let text = try snapshot.policy(Policy.store) else {
      self = .none
      return
    }
    let key = try snapshot.policy(Policy.storeKey) ?? StoreKey.standard
    guard let place = StorePlace(text), let key = StoreKey(key) else {
      self = .blocked("the store \(text) cannot be used; set it again: ledger config set store ...")
      return
    }
    let kind: ReadyStore.Kind
    let workshop: String
    switch place {
    case .folder(let path):
      guard (try? FileSystem.status(path))??.isDirectory == true else {
        self = .blocked("the store \(path) is not there; make the directory")
        return
      }
      kind = .folder(path)
      // Renaming works only within one file system, and two homes may share the folder.
      let name = Hex.text(SHA256.digest(Array(home.path.utf8)).bytes).prefix(16)
      workshop = "\(path)/.ledger-\(name)"
    case .bucket(let name, _):
      do {
        kind = .bucket(try Bucket(name, &snapshot, secrets, allowLoopback))
      } catch let error as StoreBlocked {
        self = .blocked(error.reason)
        return
      }
      workshop = home.path + "/store-tmp"
    }
    let bytesMax = try snapshot.policy(Policy.outputBytesMax).flatMap(UInt64.init)
    let floor = try snapshot.policy(Policy.diskFloor).flatMap(UInt64.init)
    self = .ready(
      ReadyStore(
        text: text, place: place, kind: kind, key: key,
        base: try snapshot.policy(Policy.storeURL),
        bytesMax: min(Int(clamping: bytesMax ?? Limits.outputBytes), HTTPLimits.fileBodyBytes),
        diskFloor: floor ?? Limits.diskFloor, workshop: workshop))
  }
}

/// Why a bucket cannot be written to.
struct StoreBlocked: Error { let reason: String }

extension Bucket {
  /// - Throws: `StoreBlocked`; errors of the books.
  fileprivate init(
    _ name: String, _ snapshot: inout Snapshot, _ secrets: Secrets, _ allowLoopback: Bool
  ) throws {
    let region = try snapshot.policy(Policy.storeRegion) ?? "auto"
    let isAuto = region == "auto"
    let usual = "https://s3.\(isAuto ? "us-east-1" : region).amazonaws.com"
    let given = try snapshot.policy(Policy.storeEndpoint)
    let endpoint = given ?? usual
    guard let parts = try? URLParts(endpoint) else {
      throw StoreBlocked(reason: "store_endpoint is no URL")
    }
    guard OutputAddress.allows(parts, allowLoopback: allowLoopback) else {
      throw StoreBlocked(
        reason: "store_endpoint \(parts.authority) is internal or not https; LEDGER_DEV=1 allows "
          + "loopback, for development")
    }
    let values: [String: String]
    do {
      values = try secrets.values(of: StoreAnswer.keyNames, provider: StoreAnswer.secretsName)
    } catch {
      throw StoreBlocked(reason: "\(error)")
    }
    guard let access = values["AWS_ACCESS_KEY_ID"], let secret = values["AWS_SECRET_ACCESS_KEY"]
    else {
      throw StoreBlocked(
        reason: "the store's keys are missing: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or "
          + "put them as NAME=VALUE lines into the file secrets/store")
    }
    let isPlain = values.values.allSatisfy { $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
    guard isPlain else { throw StoreBlocked(reason: "the store's keys hold unusual characters") }
    let credentials = StoreCredentials(
      accessKey: access, secretKey: secret, sessionToken: values["AWS_SESSION_TOKEN"])
    self.init(
      name: name, endpoint: "\(parts.scheme)://\(parts.authority)",
      signer: SigV4(
        credentials: credentials, region: isAuto && given == nil ? "us-east-1" : region,
        host: parts.authority))
  }
}
