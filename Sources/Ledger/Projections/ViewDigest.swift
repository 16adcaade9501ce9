// What makes two sets of views the same: SHA-256 over the rows of each projection, in key order.

import LMDB
import Posix
package import Wire

/// Digests by projection.
package struct ViewDigest: Sendable, Equatable {
  /// Projection name and digest, in a fixed order.
  package let projections: [(name: String, digest: Digest)]

  /// Of all projections.
  var names: [String] { projections.map(\.name) }

  package static func == (left: ViewDigest, right: ViewDigest) -> Bool {
    left.differences(from: right).isEmpty
  }

  /// Names of the projections whose digests differ.
  package func differences(from other: ViewDigest) -> [String] {
    zip(projections, other.projections).filter { $0.digest != $1.digest }.map { $0.0.name }
  }

  /// Which tables each projection keeps.
  static let tables: [(name: String, tables: [ViewTable])] = [
    ("subjects", [.subjects, .names]), ("keys", [.keys]), ("blobs", [.blobs]),
    ("jobs", [.jobs, .states, .due, .externals, .providers]),
    ("accounts", [.accounts, .buckets, .holds, .postings, .ends]),
    ("policies", [.policies, .pauses]), ("totals", [.meta]),
    ("notifications", [.notifications]), ("bills", [.bills]),
  ]

  init<Snapshot: Transaction & ~Copyable>(
    of rows: borrowing StoredRows<Snapshot>
  ) throws(LMDBError) {
    var projections: [(name: String, digest: Digest)] = []
    for (name, tables) in ViewDigest.tables {
      var hash = SHA256()
      for table in tables { try ViewDigest.add(rows.tables[table], of: rows, to: &hash) }
      projections.append((name, hash.finish()))
    }
    self.projections = projections
  }

  /// Adds every row: the lengths of key and value, then both.
  private static func add<Snapshot: Transaction & ~Copyable>(
    _ table: Table, of rows: borrowing StoredRows<Snapshot>, to hash: inout SHA256
  ) throws(LMDBError) {
    var buffer: [UInt8] = []
    buffer.reserveCapacity(1 << 16)
    let cursor = try rows.transaction.cursor(table)
    while let row = try cursor.next() {
      let (key, value) = (row.key, row.value)
      buffer.append(littleEndian: UInt64(key.byteCount) << 32 | UInt64(value.byteCount))
      buffer.append(key)
      buffer.append(value)
      if buffer.count > 60_000 {
        hash.update(buffer)
        buffer.removeAll(keepingCapacity: true)
      }
    }
    hash.update(buffer)
  }
}

extension ViewDigest {
  /// The digest that a fold would have as a generation: written to a file of its own and read back.
  init(ofFolded fold: inout Fold, beside home: Home) throws {
    self = try ViewDigest(of: try Generation.buildApart(&fold, from: home).read().source)
  }
}
