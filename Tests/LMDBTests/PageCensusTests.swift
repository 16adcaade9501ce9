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

  @Test("a flipped bit of a free page's number is a fault, and so is a list of a commit to come")
  func flipped() throws {
    var seed = Seed.generator(for: "flipped pages")
    let place = try used(&seed)
    let path = place.directory + "/data.mdb"
    let file = try #require(try FileSystem.read(path, limit: 1 << 28))
    let newest = [0, 4096].max { word(file, $0 + 144) < word(file, $1 + 144) } ?? 0
    let leaf = Int(word(file, newest + 80)) * 4096
    // The first list of the leaf: behind 8 bytes of node and 8 of key, its length before it.
    let list = leaf + Int(file[leaf + 16]) + Int(file[leaf + 17]) << 8 + 16
    let count = Int(word(file, list))
    #expect(count > 0)
    for _ in 0..<200 {
      var spoiled = file
      let bit = Int.random(in: 0..<count * 64, using: &seed)
      spoiled[list + 8 + bit / 8] ^= 1 << UInt8(bit % 8)
      try File(path, 2).write(spoiled, at: 0)
      #expect(try census(place).fault != nil, "bit \(bit) of the list")
    }
    var late = file
    late[list - 1] |= 128
    try File(path, 2).write(late, at: 0)
    #expect(try census(place).fault?.contains("a commit to come") == true)
    try File(path, 2).write(file, at: 0)
    #expect(try census(place).fault == nil)
  }

  @Test("a flipped bit in the head of a tree's page is a fault, whichever bit it is")
  func heads() throws {
    var seed = Seed.generator(for: "heads of pages")
    let place = try used(&seed)
    let path = place.directory + "/data.mdb"
    let file = try #require(try FileSystem.read(path, limit: 1 << 28))
    let newest = [0, 4096].max { word(file, $0 + 144) < word(file, $1 + 144) } ?? 0
    for root in [80, 128] {
      let page = Int(word(file, newest + root)) * 4096
      // All but the two bytes that mean nothing on such a page (mdb.c, mp_pad).
      for bit in 0..<128 where bit / 16 != 4 {
        var spoiled = file
        spoiled[page + bit / 8] ^= 1 << UInt8(bit % 8)
        try File(path, 2).write(spoiled, at: 0)
        #expect(try census(place).fault != nil, "bit \(bit) of page \(page / 4096)")
      }
    }
  }

  @Test("noise in any page that is in use is told or has no effect on what is free")
  func noise() throws {
    var seed = Seed.generator(for: "noise in pages")
    let place = try used(&seed)
    let path = place.directory + "/data.mdb"
    let file = try #require(try FileSystem.read(path, limit: 1 << 28))
    let whole = try census(place)
    for _ in 0..<300 {
      var spoiled = file
      let page = Int.random(in: 0..<file.count / 4096, using: &seed)
      for _ in 0..<Int.random(in: 1...64, using: &seed) {
        let offset = page * 4096 + Int.random(in: 0..<64, using: &seed)
        spoiled[offset] = .random(in: 0...255, using: &seed)
      }
      try File(path, 2).write(spoiled, at: 0)
      let census = try census(place)
      #expect(census.fault != nil || census.free == whole.free, "page \(page)")
    }
  }

  private func word(_ file: [UInt8], _ offset: Int) -> UInt64 {
    file.span.bytes.littleEndian(at: offset)
  }
}
