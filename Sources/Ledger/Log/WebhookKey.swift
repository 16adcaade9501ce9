// The key that signs the address a provider calls back: made by whoever needs it first, readable by
// its owner alone, never copied by a backup.

import Glibc
import Posix
import Wire

/// Names a step of a job in an address so that nobody else can (PRODUCT.md, "A job's life", rule
/// 8).
package struct WebhookKey: Sendable {
  private static let file = "webhook"
  private static let byteCount = 32

  private let key: [UInt8]

  /// The home's key; makes one when there is none.
  /// - Throws: `BooksError.denied` when others could have read it, `damaged` when it is none.
  package static func ofHome(_ home: Home) throws -> WebhookKey {
    if let key = try existing(in: home) { return key }
    try FileSystem.makeDirectories(home.keys, mode: 0o700)
    let path = home.keys + "/" + file
    let own = "\(path).\(getpid()).new"
    let text = Hex.text(Machine.randomBytes(byteCount)) + "\n"
    try FileSystem.replace(own, with: Array(text.utf8), mode: 0o600)
    defer { try? FileSystem.remove(own) }
    // A link never replaces: of two processes that come at once, one key stays.
    guard unsafe link(own, path) == 0 || errno == EEXIST else { throw PosixError("link", path) }
    guard let key = try existing(in: home) else { throw PosixError("open", path, code: ENOENT) }
    return key
  }

  /// Nil when this home has never given an address away: then no signature can be right.
  package static func existing(in home: Home) throws -> WebhookKey? {
    let path = home.keys + "/" + file
    guard let status = try FileSystem.status(path) else { return nil }
    guard status.permissions & 0o077 == 0 else {
      throw BooksError.denied("\(path) can be read by others: chmod 600, or remove it")
    }
    let digits = try FileSystem.read(path, limit: 4096).map {
      String(decoding: $0, as: UTF8.self).prefix { $0 != "\n" }
    }
    guard let key = digits.flatMap({ Hex.bytes($0) }), key.count == byteCount else {
      throw BooksError.damaged("\(path) is no key", position: nil)
    }
    return WebhookKey(key: key)
  }

  /// `BASE/v1/webhooks/PROVIDER?job=ID&step=N&sig=...`; the step is counted from 1.
  package func url(_ base: String, provider: String, job: Notification.NamedJob) -> String {
    let base = base.hasSuffix("/") ? String(base.dropLast()) : base
    let signature = Base64.encode(tag(provider, job), alphabet: .url, padded: false)
    return "\(base)/v1/webhooks/\(provider)?job=\(job.id)&step=\(job.step + 1)&sig=\(signature)"
  }

  /// The step of a job that an address names; nil unless our own signature stands in it.
  /// - Parameter url: the whole address or its end; only its query is read.
  package func job(in url: String, provider: String) -> Notification.NamedJob? {
    guard url.utf8.count <= 8192, let mark = url.utf8.firstIndex(of: UInt8(ascii: "?")) else {
      return nil
    }
    var values: [Substring: String] = [:]
    let query = url[url.index(after: mark)...].prefix { $0 != "#" }
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, ["job", "step", "sig"].contains(parts[0]) else { continue }
      // A name given twice could be read in two ways.
      guard values.updateValue(WebhookKey.decoded(parts[1]), forKey: parts[0]) == nil else {
        return nil
      }
    }
    guard let id = values["job"], let step = values["step"].flatMap({ UInt64($0) }), step > 0,
      let signature = values["sig"].flatMap({ Base64.decode($0) })
    else { return nil }
    let job = Notification.NamedJob(id: id, step: step - 1)
    return ConstantTime.isEqual(tag(provider, job), signature) ? job : nil
  }

  private func tag(_ provider: String, _ job: Notification.NamedJob) -> [UInt8] {
    let text = "webhook address 1\n\(provider)\n\(job.id)\n\(job.step)"
    return HMACSHA256.authenticate(Array(text.utf8), key: key)
  }

  /// `%3A` as ':' (RFC 3986 §2.1): proxies may write an id so.
  private static func decoded(_ text: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let high = Hex.value(of: rest[rest.startIndex]),
        let low = Hex.value(of: rest[rest.startIndex + 1])
      {
        bytes.append(high << 4 | low)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
