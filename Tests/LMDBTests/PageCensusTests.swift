// What is in use and what is free, and that nothing is both.

import LMDB
import Posix
import Support
import Testing
import Wire

@Suite("Pages in use and free", .seeded) struct PageCensusTests {
  /// A file that has given pages back: short and long rows written, changed and deleted.
  private func used(_ seed: inout SplitMix64) throws -> Place {
    let place = try Place()
    for round in 0..<40 {
      let transaction = try place.environment.write()
      for _ in 0..<60 {
        let key = UInt64.random(in: 0..<300, using: &seed)
        let length = Int.random(in: 0..<20, using: &seed) == 0 ? 9000 : 120
        let value = [UInt8](repeating: UInt8(round), count: length)
        if Bool.random(using: &seed) {
          try transaction.put(place.numbers, key, value.span.bytes)
        } else {
          try transaction.delete(place.words, bytes("word \(key)").span.bytes)
          try transaction.put(place.words, bytes("word \(key + 1)").span.bytes, value.span.bytes)
        }
      }
      try transaction.commit()
    }
    return place
  }

  private func census(_ place: Place) throws -> PageCensus { try PageCensus(of: place.environment) }

  @Test("after commits of all kinds every page is in use or free")
  func whole() throws {
    var seed = Seed.generator(for: "pages")
    for _ in 0..<5 {
      let place = try used(&seed)
      let census = try census(place)
      #expect(census.fault == nil)
      #expect(census.free > 0)
      let size = try place.environment.info().usedBytes
      #expect((census.used + census.free) * 4096 == size)
    }
  }

  @Test("an environment of which nothing is written has its two meta pages")
  func empty() throws {
    let directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-")
    defer { try? FileSystem.removeTree(directory) }
    let census = try PageCensus(of: Environment(directory))
    #expect(census.fault == nil && census.used == 2 && census.free == 0)
  }

  @Test("a flipped bit of a free page's number is a fault, and so is a list of no commit")
  func flipped() throws {
    var seed = Seed.generator(for: "flipped pages")
    let place = try used(&seed)
    let file = try DataFile(place.directory + "/data.mdb")
    let count = file.word(file.freeList)
    #expect(count > 0)
    for _ in 0..<200 {
      let bit = Int.random(in: 0..<count * 64, using: &seed)
      try file.spoil { $0[file.freeList + 8 + bit / 8] ^= 1 << UInt8(bit % 8) }
      #expect(try census(place).fault != nil, "bit \(bit) of the list")
    }
    try file.spoil { $0[file.freeList - 1] |= 128 }
    #expect(try census(place).fault != nil)
    // Whose pages LMDB would give out twice.
    try file.spoil {
      $0.replaceSubrange(file.freeList - 8..<file.freeList, with: Array(repeating: 0, count: 8))
    }
    #expect(try census(place).fault?.contains("of commit 0") == true)
    try file.spoil { _ in }
    #expect(try census(place).fault == nil)
  }

  @Test("a flipped bit in the head of a tree's page is a fault, whichever bit it is")
  func heads() throws {
    var seed = Seed.generator(for: "heads of pages")
    let place = try used(&seed)
    let file = try DataFile(place.directory + "/data.mdb")
    for page in [file.roots.free, file.roots.tables] {
      // All but the two bytes that mean nothing on such a page (mdb.c, mp_pad).
      for bit in 0..<128 where bit / 16 != 4 {
        try file.spoil { $0[page + bit / 8] ^= 1 << UInt8(bit % 8) }
        #expect(try census(place).fault != nil, "bit \(bit) of page \(page / 4096)")
      }
    }
  }

  @Test("noise in any page that is in use is told or has no effect on what is free")
  func noise() throws {
    var seed = Seed.generator(for: "noise in pages")
    let place = try used(&seed)
    let file = try DataFile(place.directory + "/data.mdb")
    let whole = try census(place)
    for _ in 0..<300 {
      let page = Int.random(in: 0..<file.bytes.count / 4096, using: &seed)
      try file.spoil { bytes in
        for _ in 0..<Int.random(in: 1...64, using: &seed) {
          let offset = page * 4096 + Int.random(in: 0..<64, using: &seed)
          bytes[offset] = .random(in: 0...255, using: &seed)
        }
      }
      let census = try census(place)
      #expect(census.fault != nil || census.free == whole.free, "page \(page)")
    }
  }

  @Test("a key that is not where it is looked for is a fault, though a scan finds its row")
  func misplaced() throws {
    var seed = Seed.generator(for: "misplaced keys")
    let place = try used(&seed)
    let file = try DataFile(place.directory + "/data.mdb")
    var faults = 0
    for _ in 0..<500 {
      let bit = Int.random(in: 2 * 4096 * 8..<file.bytes.count * 8, using: &seed)
      try file.spoil { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
      if try census(place).fault != nil { faults += 1 } else { try expectAllFound(place, bit) }
    }
    #expect(faults > 0)
  }

  private func expectAllFound(_ place: Place, _ bit: Int) throws {
    let transaction = try place.environment.read()
    let numbers = try transaction.cursor(place.numbers)
    while let row = try numbers.next() {
      let number: UInt64 = try row.number
      let found = try transaction.value(place.numbers, number)?.byteCount
      #expect(found == row.value.byteCount, "bit \(bit): \(number)")
    }
    let words = try transaction.cursor(place.words)
    while let row = try words.next() {
      let found = try transaction.value(place.words, row.key)?.byteCount
      #expect(found == row.value.byteCount, "bit \(bit): \(row.key.array)")
    }
  }
}
