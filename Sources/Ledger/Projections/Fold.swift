// All projections together: the one fold of the log. Live appends, catching up and replay apply
// events through this and nothing else, so replay equals live.

import LMDB
import Wire

/// The projections with the rows they have touched. A new projection is a line in each of three
/// places here: property, `apply`, `flush`.
struct Fold: Sendable {
  /// The last event applied, and the chain hash there.
  private(set) var position: Position
  private(set) var hash: Digest
  var subjects: Subjects
  var keys = Keys()
  var blobs = BlobIndex()
  var board: JobBoard
  var accounts = Accounts()
  var policies = Policies()
  var bills = Bills()
  private(set) var totals: Totals

  /// The fold as far as `source` holds it; from the beginning when it holds nothing.
  init<Source: RowSource & ~Copyable>(from source: borrowing Source) throws(LMDBError) {
    let meta = try source.row(.meta, .bytes(ViewsMeta.key)) { ViewsMeta($0) } ?? ViewsMeta()
    totals = try source.row(.meta, .bytes(ViewsMeta.totalsKey)) { Totals($0) } ?? Totals()
    position = meta.position
    hash = meta.hash
    subjects = Subjects(count: meta.subjects)
    board = JobBoard(providerCount: meta.providers)
  }

  /// Rows fetched or made so far.
  var rowCount: Int { subjects.rowCount + board.rowCount + accounts.rowCount }

  /// Folds one event. Events come in order, each once.
  mutating func apply<Source: RowSource & ~Copyable>(
    _ event: RecordedEvent, _ source: borrowing Source
  ) throws {
    guard event.position == position + 1 else { throw ViewError.outOfOrder(event.position) }
    let blob = blobs.apply(event)
    try subjects.apply(event, blob, source)
    keys.apply(event)
    let change = try board.apply(event, source)
    let movement = Movement(event)
    try accounts.apply(event, movement, source)
    policies.apply(event)
    try bills.apply(event, source)
    totals.apply(event, movement, job: change)
    position = event.position
    hash = event.hash
  }

  /// Writes every changed row into `rows`: the fold's own source, or a new file (`isNew`), where
  /// keys only rise and pages fill up.
  mutating func flush(
    into rows: borrowing StoredRows<WriteTransaction>, isNew: Bool
  ) throws(LMDBError) {
    try subjects.flush(into: rows, isNew: isNew)
    try keys.flush(into: rows, isNew: isNew)
    try blobs.flush(into: rows, isNew: isNew)
    try board.flush(into: rows, isNew: isNew)
    try accounts.flush(into: rows, isNew: isNew)
    try policies.flush(into: rows, isNew: isNew)
    try bills.flush(into: rows, isNew: isNew)
    var bytes: [UInt8] = []
    totals.encode(to: &bytes)
    let meta = ViewsMeta(
      position: position, hash: hash, subjects: subjects.count, providers: board.providerCount
    ).encoded
    let (totalsKey, metaKey) = (ViewsMeta.totalsKey, ViewsMeta.key)
    try rows.transaction.put(rows.tables[.meta], totalsKey.bytes, bytes.bytes)
    try rows.transaction.put(rows.tables[.meta], metaKey.bytes, meta.bytes)
  }
}
