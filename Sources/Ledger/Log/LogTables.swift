// The tables of the log environment: the truth.

import LMDB

/// Opened handles of the log's tables (schemas/record-format.md).
struct LogTables: Sendable {
  /// Position → record. Only appended to.
  let events: Table
  /// Ordinal → free text with its salt. Appended to; a row may be emptied, never reused.
  let blobs: Table
  /// Event code and version → field table as JSON, so that the file explains itself.
  let schemas: Table
  /// Format, writer, ledger id, incarnation.
  let meta: Table

  init(in transaction: borrowing WriteTransaction) throws(LMDBError) {
    events = try Table("events", keys: .integers, in: transaction)
    blobs = try Table("blobs", keys: .integers, in: transaction)
    schemas = try Table("schemas", keys: .bytes, in: transaction)
    meta = try Table("meta", keys: .bytes, in: transaction)
  }

  init(in transaction: borrowing ReadTransaction) throws(LMDBError) {
    events = try Table("events", keys: .integers, in: transaction)
    blobs = try Table("blobs", keys: .integers, in: transaction)
    schemas = try Table("schemas", keys: .bytes, in: transaction)
    meta = try Table("meta", keys: .bytes, in: transaction)
  }
}
