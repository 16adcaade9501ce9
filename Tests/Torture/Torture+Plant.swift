// A wrong view, planted: the control that shows that a replay's comparison can see (F19).

import Glibc
import LMDB
import Ledger
import Posix
import Wire

extension Torture {
  /// Changes one bit of one row of the views, drawn by `seed`, and says of which projection.
  static func plant(_ home: Home, seed: String) throws {
    var random = UInt64(seed) ?? 0
    func draw(_ count: Int) -> Int {
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((random >> 33) % UInt64(count))
    }
    let planted: [(table: String, projection: String, keys: Table.Keys)] = [
      ("jobs", "jobs", .integers), ("accounts", "accounts", .integers),
      ("buckets", "accounts", .integers), ("holds", "accounts", .integers),
      ("postings", "accounts", .bytes), ("meta", "totals", .bytes), ("keys", "keys", .bytes),
    ]
    let views = home.path + "/views/"
    // A killed replay leaves generations behind that never served.
    let current = try FileSystem.read(views + "CURRENT", limit: 4096) ?? []
    guard let serving = try JSON(parsing: current)["generation"]?.int else {
      throw PosixError("read", views + "CURRENT", code: ENODATA)
    }
    var options = Environment.Options()
    options.isSynced = false
    let environment = try Environment(views + "\(serving)", options)
    let transaction = try environment.write()
    var (count, projection, table): (Int, String, Table)
    repeat {
      let drawn = planted[draw(planted.count)]
      projection = drawn.projection
      table = try Table(drawn.table, keys: drawn.keys, in: transaction)
      count = try transaction.count(table)
    } while count == 0
    // Behind the row that says how far the views are: that one decides whether they are believed.
    let number = projection == "totals" ? count - 1 : draw(count)
    var (key, value) = try row(number, of: table, in: transaction)
    value[draw(value.count)] ^= 1 << draw(8)
    try transaction.put(table, key.span.bytes, value.span.bytes)
    try transaction.commit()
    say("planted \(projection)")
  }

  private static func row(
    _ number: Int, of table: Table, in transaction: borrowing WriteTransaction
  ) throws -> (key: [UInt8], value: [UInt8]) {
    let cursor = try transaction.cursor(table)
    for _ in 0..<number { _ = try cursor.next() }
    guard let row = try cursor.next() else { throw PosixError("read", table.name, code: ENODATA) }
    return (row.key.array, row.value.array)
  }
}
