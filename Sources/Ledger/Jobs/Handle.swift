// A provider's id of a step: it belongs to one job.

import Wire

/// What identifies a step at its provider.
package struct Handle: Sendable, Hashable {
  package let provider: String
  package let externalID: String
  package let step: UInt64

  package init(provider: String, externalID: String, step: UInt64) {
    self.provider = provider
    self.externalID = externalID
    self.step = step
  }

  /// The row key in the views, the same for every step: 16 bytes, for an LMDB key ends at 511 bytes
  /// and an id may not.
  var rowKey: [UInt8] { Handle.rowKey(provider, externalID) }

  static func rowKey(_ provider: String, _ externalID: String) -> [UInt8] {
    [UInt8](digestOf: provider, externalID)
  }
}
