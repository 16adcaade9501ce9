// What a table's tree comes to: kept by LMDB beside the root (mdb.c, MDB_db), counted by `PageCensus`.

/// What a table's description says of its tree.
struct TableCount: Equatable {
  var depth: UInt64 = 0
  var branches: UInt64 = 0
  var leaves: UInt64 = 0
  var overflow: UInt64 = 0
  var entries: UInt64 = 0
}
