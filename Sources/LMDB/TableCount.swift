// What a table comes to: LMDB keeps it beside the root (mdb.c, MDB_db), `PageCensus` counts it.

/// What a table's description says of its tree.
struct TableCount: Equatable {
  var depth: UInt64 = 0
  var branches: UInt64 = 0
  var leaves: UInt64 = 0
  var overflow: UInt64 = 0
  var entries: UInt64 = 0
}
