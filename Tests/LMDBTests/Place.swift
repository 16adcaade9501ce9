// A fresh directory with an environment and two tables, gone with the test.

import LMDB
import Posix

/// An environment of its own for one test.
final class Place {
  let directory: String
  let environment: Environment
  let numbers: Table
  let words: Table

  @available(*, noasync)
  init(_ options: Environment.Options = Environment.Options()) throws {
    directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-")
    var options = options
    // No test here pulls the plug, and a flush per commit only makes them slow.
    options.isSynced = false
    environment = try Environment(directory, options)
    let transaction = try environment.write()
    numbers = try Table("numbers", keys: .integers, in: transaction)
    words = try Table("words", keys: .bytes, in: transaction)
    try transaction.commit()
  }

  deinit { try? FileSystem.removeTree(directory) }

  /// Writes one row in a transaction of its own.
  @available(*, noasync)
  func put(_ key: UInt64, _ value: String) throws {
    let transaction = try environment.write()
    try transaction.put(numbers, key, bytes(value).span.bytes)
    try transaction.commit()
  }
}

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

func text(_ span: RawSpan) -> String {
  span.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
}

func number(_ span: RawSpan) -> UInt64 {
  span.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
}

extension Transaction where Self: ~Copyable {
  func text(_ table: Table, _ key: UInt64) throws -> String? {
    guard let value = try value(table, key) else { return nil }
    return LMDBTests.text(value)
  }

  func text(_ table: Table, _ key: String) throws -> String? {
    let key = bytes(key)
    guard let value = try value(table, key.span.bytes) else { return nil }
    return LMDBTests.text(value)
  }

  /// All keys in cursor order.
  func keys(_ table: Table) throws -> [UInt64] {
    let cursor = try cursor(table)
    var keys: [UInt64] = []
    while let row = try cursor.next() { keys.append(number(row.key)) }
    return keys
  }
}
