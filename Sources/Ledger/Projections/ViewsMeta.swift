// How far the views are: lies in the same transaction as the rows, so it cannot disagree with them.

import Wire

/// The applied position and the counters of a set of views.
struct ViewsMeta: Sendable, Equatable {
  static let key = Array("applied".utf8)
  static let totalsKey = Array("totals".utf8)

  var position: Position = 0
  /// The chain hash at `position`.
  var hash: Digest = .zero
  var subjects: UInt64 = 0
  var providers: UInt32 = 0

  init() {}

  init(position: Position, hash: Digest, subjects: UInt64, providers: UInt32) {
    self.position = position
    self.hash = hash
    self.subjects = subjects
    self.providers = providers
  }

  init(_ bytes: RawSpan) {
    var row = RowReader(bytes)
    position = row.integer()
    subjects = row.integer()
    providers = row.integer()
    hash = row.digest()
    // Somebody counts up to it.
    guard providers <= position else { endOverDamagedViews() }
  }

  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: position)
    bytes.append(littleEndian: subjects)
    bytes.append(littleEndian: providers)
    hash.append(to: &bytes)
    return bytes
  }
}
