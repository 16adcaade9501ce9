// The secret that signs a hook's messages: in a file of the owner's alone, beside the providers'
// tokens. Neither config.json nor a backup holds it.

import Posix
import Wire

/// Signs by Standard Webhooks (github.com/standard-webhooks, "Signature scheme", v1: HMAC-SHA256).
package struct HookSecret: Sendable {
  /// 24 to 64 are allowed.
  private static let byteCount = 32
  private static let prefix = "whsec_"
  private static let line = "HOOK_SECRET"

  private let key: [UInt8]

  /// Makes the secret of a hook that is new; one left of an older hook of that name is replaced.
  /// - Returns: the text that the receiver needs. It is told once.
  /// - Throws: `PosixError`.
  package static func make(for hook: String, in home: Home) throws -> String {
    let text = prefix + Base64.encode(Machine.randomBytes(byteCount))
    try FileSystem.makeDirectories(home.secrets, mode: 0o700)
    try FileSystem.replace(path(hook, home), with: Array((text + "\n").utf8), mode: 0o600)
    return text
  }

  /// - Throws: `PosixError`.
  package static func remove(of hook: String, in home: Home) throws {
    try FileSystem.remove(path(hook, home))
  }

  /// Nil when there is none, as after a restore: the owner puts it back, or makes the hook anew.
  /// - Throws: `SecretError` for a file that others could read, or that holds no such secret; its
  ///   text holds none of it.
  package static func read(of hook: String, in home: Home) throws(SecretError) -> HookSecret? {
    let secrets = Secrets(directory: home.secrets) { _ in nil }
    guard let text = try secrets.values(of: [line], provider: file(hook))[line] else { return nil }
    guard text.hasPrefix(prefix), let key = Base64.decode(text.dropFirst(prefix.count)),
      (24...64).contains(key.count)
    else {
      throw SecretError(description: "\(path(hook, home)) holds no \(prefix) secret")
    }
    return HookSecret(key: key)
  }

  /// The value of `webhook-signature`.
  /// - Parameter seconds: the value of `webhook-timestamp`, since 1970.
  package func signature(id: String, seconds: Int64, body: [UInt8]) -> String {
    let message = Array("\(id).\(seconds).".utf8) + body
    return "v1," + Base64.encode(HMACSHA256.authenticate(message, key: key))
  }

  private static func file(_ hook: String) -> String { "hook-\(hook)" }

  private static func path(_ hook: String, _ home: Home) -> String {
    home.secrets + "/" + file(hook)
  }
}

extension HookSecret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "(a hook's secret)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
