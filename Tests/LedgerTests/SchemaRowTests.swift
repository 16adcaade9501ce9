// The rows that explain a log lie outside its chain: verify compares them with what they must be.

import LMDB
import Support
import Testing
import Wire

@testable import Ledger

@Suite("Rows of schemas") struct SchemaRowTests {
  /// What `verify` says of the rows after a change to them; the rest must be as it was.
  private func verdict(
    after change: (borrowing WriteTransaction, Table) throws -> Void
  ) throws -> VerifyCheck {
    let home = try TemporaryHome()
    do {
      let books = try Books(home.home)
      _ = try books.append(Command(.grant("100"), actor: .cli))
      _ = try books.append(Command(.submit(), actor: .cli))
    }
    do {
      let environment = try Environment(home.home.log)
      let transaction = try environment.write()
      let schemas = try Table("schemas", keys: .bytes, in: transaction)
      try change(transaction, schemas)
      try transaction.commit()
    }
    var checks: [VerifyCheck] = []
    var verification = Verification(home.home) { checks.append($0) }
    _ = try verification.run()
    #expect(checks.allSatisfy { $0.isOK || $0.name == "schemas" }, "\(checks)")
    let check = try #require(checks.first { $0.name == "schemas" })
    #expect(verification.isOK == check.isOK)
    return check
  }

  private func key(_ type: EventType?) -> [UInt8] {
    let code = type?.rawValue ?? 0
    return [UInt8(code >> 8), UInt8(code & 0xFF), 1]
  }

  @Test("untouched rows are as this program writes them")
  func untouched() throws {
    let check = try verdict { _, _ in }
    #expect(check.isOK, "\(check.detail)")
  }

  @Test("a changed byte of any row is damage", arguments: [nil, EventType.creditHeld, .jobStored])
  func changed(_ type: EventType?) throws {
    let check = try verdict { transaction, schemas in
      let key = key(type)
      var row = try #require(try transaction.value(schemas, key.bytes)?.array)
      row[row.count / 2] ^= 1
      try transaction.put(schemas, key.bytes, row.bytes)
    }
    #expect(!check.isOK)
    #expect(check.detail.contains(type.map { "type \($0.rawValue) " } ?? "the envelope"))
    #expect(check.detail.hasSuffix("is not what was written"))
  }

  @Test(
    "a row that is gone is damage where the log has such an event",
    arguments: [nil, EventType.creditHeld])
  func gone(_ type: EventType?) throws {
    let check = try verdict { transaction, schemas in
      let key = key(type)
      let isDeleted = try transaction.delete(schemas, key.bytes)
      #expect(isDeleted)
    }
    #expect(!check.isOK && check.detail.hasPrefix("there is no row of"), "\(check.detail)")
  }

  @Test("rows that an older program lacked, or a newer one added, are no damage")
  func otherPrograms() throws {
    let check = try verdict { transaction, schemas in
      let (unused, newer) = (key(.providerReread), [UInt8]([0x7F, 0xFF, 1]))
      let isDeleted = try transaction.delete(schemas, unused.bytes)
      #expect(isDeleted)
      try transaction.put(schemas, newer.bytes, newer.bytes)
    }
    #expect(check.isOK, "\(check.detail)")
  }
}
