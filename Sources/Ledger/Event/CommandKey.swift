// Idempotency: the same key with the same command is answered once.

import Wire

/// The idempotency key of the command that wrote a group.
package struct CommandKey: Sendable, Equatable {
  /// The scope of a new job's id, where the caller chose no key.
  static let newJob = "job"

  package var key: String
  /// What the key is unique within, e.g. `submit`.
  package var scope: String
  /// First 16 bytes of the digest of the canonical command.
  package var command: [UInt8]

  package init(key: String, scope: String, command: [UInt8]) {
    self.key = key
    self.scope = scope
    self.command = command
  }

  /// The row key in the views: 16 bytes, whatever the key's length.
  var rowKey: [UInt8] { [UInt8](digestOf: scope, key) }
}
