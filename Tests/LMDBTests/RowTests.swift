// Rows: put, get, append, delete, and walking them in order.

import LMDB
import Support
import Testing

@Suite("Rows", .seeded) struct RowTests {
  @Test("what is put is there, under integers and under bytes")
  func putAndGet() throws {
    let place = try Place()
    let writing = try place.environment.write()
    try writing.put(place.numbers, 7, bytes("seven").span.bytes)
    try writing.put(place.words, bytes("key").span.bytes, bytes("value").span.bytes)
    try writing.put(place.words, bytes("empty").span.bytes, bytes("").span.bytes)
    #expect(try writing.text(place.numbers, 7) == "seven")
    try writing.commit()
    let reading = try place.environment.read()
    #expect(try reading.text(place.numbers, 7) == "seven")
    #expect(try reading.text(place.numbers, 8) == nil)
    #expect(try reading.text(place.words, "key") == "value")
    #expect(try reading.text(place.words, "empty") == "")
    #expect(try reading.text(place.words, "ke") == nil)
    #expect(try reading.count(place.words) == 2)
  }

  @Test("a row put again is replaced, a deleted one is gone")
  func replaceAndDelete() throws {
    let place = try Place()
    let writing = try place.environment.write()
    let key = bytes("key")
    try writing.put(place.words, key.span.bytes, bytes("old").span.bytes)
    try writing.put(place.words, key.span.bytes, bytes("new").span.bytes)
    #expect(try writing.text(place.words, "key") == "new")
    #expect(try writing.count(place.words) == 1)
    #expect(try writing.delete(place.words, key.span.bytes))
    #expect(try !writing.delete(place.words, key.span.bytes))
    #expect(try writing.text(place.words, "key") == nil)
  }

  @Test("random rows come back by key and in key order")
  func randomRows() throws {
    var random = Seed.generator(for: "rows")
    let place = try Place()
    var model: [UInt64: String] = [:]
    let writing = try place.environment.write()
    for _ in 0..<2000 {
      // Small and huge keys: integers are compared as integers, not as bytes.
      let key =
        UInt64.random(in: .min ... .max, using: &random)
        >> UInt64.random(in: 0...63, using: &random)
      let value = String(repeating: "v", count: Int.random(in: 0...300, using: &random))
      model[key] = value
      try writing.put(place.numbers, key, bytes(value).span.bytes)
    }
    try writing.commit()
    let reading = try place.environment.read()
    #expect(try reading.keys(place.numbers) == model.keys.sorted())
    for (key, value) in model { #expect(try reading.text(place.numbers, key) == value) }
  }

  @Test("appending refuses a key that is not the greatest", arguments: [1, 4, 5] as [UInt64])
  func appendOrder(_ key: UInt64) throws {
    let place = try Place()
    let writing = try place.environment.write()
    let value = bytes("v")
    for key in [3, 5] as [UInt64] { try writing.append(place.numbers, key, value.span.bytes) }
    do {
      try writing.append(place.numbers, key, bytes("other").span.bytes)
      Issue.record("appended \(key) after 5")
    } catch {
      #expect(error.operation == "mdb_put")
      #expect(error.description.contains("MDB_KEYEXIST"))
    }
    try writing.append(place.numbers, 256, value.span.bytes)
    #expect(try writing.keys(place.numbers) == [3, 5, 256])
    #expect(try writing.text(place.numbers, 5) == "v")
  }

  @Test("appending under bytes keeps bytewise order")
  func appendBytes() throws {
    let place = try Place()
    let writing = try place.environment.write()
    for key in ["a", "aa", "b"] {
      try writing.append(place.words, bytes(key).span.bytes, bytes(key).span.bytes)
    }
    #expect(throws: LMDBError.self) {
      try writing.append(place.words, bytes("ab").span.bytes, bytes("x").span.bytes)
    }
    #expect(try writing.text(place.words, "ab") == nil)
  }

  @Test("a key longer than 511 bytes is refused, and nothing else")
  func longKey() throws {
    let place = try Place()
    let writing = try place.environment.write()
    let longest = bytes(String(repeating: "k", count: 511))
    try writing.put(place.words, longest.span.bytes, bytes("fits").span.bytes)
    let longer = longest + bytes("k")
    #expect(throws: LMDBError.self) {
      try writing.put(place.words, longer.span.bytes, bytes("").span.bytes)
    }
    #expect(try writing.count(place.words) == 1)
  }
}

@Suite("Cursors") struct CursorTests {
  @Test("a cursor walks both ways, and from both ends")
  func walk() throws {
    let place = try Place()
    for key in [10, 20, 300] as [UInt64] { try place.put(key, "v\(key)") }
    let reading = try place.environment.read()
    let cursor = try reading.cursor(place.numbers)
    func key(_ row: Row?) -> UInt64? { if let row { number(row.key) } else { nil } }
    #expect(try key(cursor.last()) == 300)
    #expect(try key(cursor.previous()) == 20)
    #expect(try key(cursor.first()) == 10)
    #expect(try key(cursor.previous()) == nil)
    let fresh = try reading.cursor(place.numbers)
    #expect(try key(fresh.next()) == 10)
    let backwards = try reading.cursor(place.numbers)
    #expect(try key(backwards.previous()) == 300)
  }

  @Test(
    "seeking finds the first key at or after the one asked for",
    arguments: [(0, 10), (10, 10), (11, 20), (256, 300), (300, 300), (301, nil)]
      as [(UInt64, UInt64?)])
  func seek(_ asked: UInt64, _ found: UInt64?) throws {
    let place = try Place()
    for key in [10, 20, 300] as [UInt64] { try place.put(key, "v\(key)") }
    let reading = try place.environment.read()
    let cursor = try reading.cursor(place.numbers)
    if let row = try cursor.seek(asked) {
      #expect(number(row.key) == found)
      #expect(text(row.value) == "v\(number(row.key))")
    } else {
      #expect(found == nil)
    }
  }

  @Test("seeking under bytes goes by prefix")
  func seekBytes() throws {
    let place = try Place()
    let writing = try place.environment.write()
    for key in ["ab", "b1", "b2", "c"] {
      try writing.put(place.words, bytes(key).span.bytes, bytes("").span.bytes)
    }
    let cursor = try writing.cursor(place.words)
    var keys: [String] = []
    let prefix = bytes("b")
    var row = try cursor.seek(prefix.span.bytes)
    while let found = row {
      keys.append(text(found.key))
      row = try cursor.next()
    }
    #expect(keys == ["b1", "b2", "c"])
  }

  @Test("an empty table has no first, last or next row")
  func empty() throws {
    let place = try Place()
    let reading = try place.environment.read()
    let cursor = try reading.cursor(place.numbers)
    let isEmpty = try cursor.first() == nil && cursor.last() == nil && cursor.seek(0) == nil
    #expect(isEmpty)
    #expect(try reading.keys(place.numbers) == [])
  }
}
