// The tables of the views environment. All of them follow from the log.

import LMDB

/// A table of the views.
enum ViewTable: Int, CaseIterable, Sendable {
  /// Applied position and chain hash, counters; sums over everything.
  case meta
  /// Number → subject; kind and id → number.
  case subjects, names
  /// Idempotency key → group and command; a new job's id is its own (`names`).
  case keys
  /// Provider, external id and step → job.
  case externals
  /// Subject and salted digest → blob ordinal.
  case blobs
  /// Number → job; (state, number); (due time, number).
  case jobs, states, due
  /// Number → account; position → bucket; job → hold; position → the sums of its account after
  /// it; (end, account, bucket) of what can still expire.
  case accounts, buckets, holds, postings, ends
  /// Rules of the house; what is paused; provider number → name.
  case policies, pauses, providers
  /// Providers' messages: who gets them, which ones wait, how many nobody can believe.
  case notifications
  /// Lines of providers' invoices, whose they are, and from when to when they reach.
  case bills

  /// Spelled out: asking the runtime for a case's name took a tenth of a command's whole time.
  var name: String {
    switch self {
    case .meta: "meta"
    case .subjects: "subjects"
    case .names: "names"
    case .keys: "keys"
    case .externals: "externals"
    case .blobs: "blobs"
    case .jobs: "jobs"
    case .states: "states"
    case .due: "due"
    case .accounts: "accounts"
    case .buckets: "buckets"
    case .holds: "holds"
    case .postings: "postings"
    case .ends: "ends"
    case .policies: "policies"
    case .pauses: "pauses"
    case .providers: "providers"
    case .notifications: "notifications"
    case .bills: "bills"
    }
  }

  var keys: Table.Keys {
    switch self {
    case .subjects, .jobs, .accounts, .buckets, .holds, .providers: .integers
    default: .bytes
    }
  }
}

/// Opened handles of every view table.
struct ViewTables: Sendable {
  private let tables: [Table]

  init(in transaction: borrowing WriteTransaction) throws(LMDBError) {
    var tables: [Table] = []
    for table in ViewTable.allCases {
      tables.append(try Table(table.name, keys: table.keys, in: transaction))
    }
    self.tables = tables
  }

  init(in transaction: borrowing ReadTransaction) throws(LMDBError) {
    var tables: [Table] = []
    for table in ViewTable.allCases {
      tables.append(try Table(table.name, keys: table.keys, in: transaction))
    }
    self.tables = tables
  }

  subscript(_ table: ViewTable) -> Table { tables[table.rawValue] }
}
