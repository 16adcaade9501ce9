// Records that are not as they should be: each is refused, and says why.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Records", .seeded) struct RecordTests {
  @Test("keys that this program does not know are passed over", arguments: EventType.allCases)
  func unknownKeys(_ type: EventType) throws {
    let golden = try GoldenRecord(type)
    // {1: [null, "x"]}: kinds that no field of today has
    let value: [UInt8] = [0xA1, 0x01, 0x82, 0xF6, 0x61, 0x78]
    let newer = golden.with(
      try golden.body.adding(23, value).adding(300, value).adding(-40, value))
    let event = try newer.decoded()
    #expect(event.event == (try golden.decoded()).event)
    #expect(event.envelope == (try golden.decoded()).envelope)
    #expect(try newer.isIntact)
  }

  @Test("an event whose subject's event before it comes later is not what was written")
  func leadsOn() throws {
    let golden = try GoldenRecord(.jobSucceeded)
    let previous = RecordHeader(golden.bytes.bytes).previous
    #expect(previous > 0)
    let place = previous + 1
    #expect(try Record(golden.bytes.bytes).verified(at: place).header.previous == previous)
    for place in [previous, 1] {
      #expect(throws: RecordError.changed(place)) {
        try Record(golden.bytes.bytes).verified(at: place)
      }
    }
  }

  @Test("a required field cannot be left out, an optional one can", arguments: EventType.allCases)
  func missing(_ type: EventType) throws {
    for field in try EventTable.fields(of: type) {
      let golden = try GoldenRecord(type, since: field.since)
      let shorter = golden.with(try golden.body.without(field.key))
      if field.isRequired {
        expectRefusal(shorter, "required field", "\(type.name) \(field.key)")
      } else {
        #expect(GoldenRecord.encode(try shorter.decoded()) == shorter.bytes)
      }
    }
  }

  @Test("envelope fields that belong together are not parted")
  func envelopeParts() throws {
    let golden = try GoldenRecord(.jobSucceeded)
    for key in Int64(-11)...(-1) {
      let shorter = golden.with(try golden.body.without(key))
      if (-10...(-6)).contains(key) {
        #expect(throws: RecordError.self, "\(key)") { try shorter.decoded() }
      } else {
        #expect(GoldenRecord.encode(try shorter.decoded()) == shorter.bytes)
      }
    }
    let bare = try (-10...(-6)).reduce(golden.body) { $0.without($1) }
    #expect(try golden.with(bare).decoded().envelope.subject == nil)
  }

  @Test("a default written out is refused", arguments: [(-1, 0), (-2, 0), (-3, 2)])
  func writtenDefault(_ key: Int64, _ value: UInt8) throws {
    let golden = try GoldenRecord(.jobSucceeded)
    let longer = golden.with(try golden.body.setting(key, to: [value]))
    expectRefusal(longer, "writes out a default")
  }

  @Test("a key written twice does not stand in for a missing one")
  func repeated() throws {
    let golden = try GoldenRecord(.creditHeld)
    var body = try golden.body.without(1)
    body.pairs.insert(body.pairs[0], at: 0)
    expectRefusal(golden.with(body), "keys do not rise")
  }

  @Test("keys out of order are refused, the highest ones too", arguments: EventType.allCases)
  func order(_ type: EventType) throws {
    let golden = try GoldenRecord(type)
    var body = try golden.body
    body.pairs.swapAt(body.pairs.count - 2, body.pairs.count - 1)
    #expect(throws: RecordError.self) { try golden.with(body).decoded() }
    body = try golden.body
    for key in [Int64.min, .min] { body.pairs.append(.init(key: key, value: [0])) }
    expectRefusal(golden.with(body), "keys do not rise")
  }

  @Test("a value of another kind is refused", arguments: EventType.allCases)
  func wrongKind(_ type: EventType) throws {
    for field in try EventTable.fields(of: type) {
      let golden = try GoldenRecord(type, since: field.since)
      let wrong = golden.with(try golden.body.setting(field.key, to: [0xF6]))
      #expect(throws: RecordError.self, "\(field.key)") { try wrong.decoded() }
      if field.kind.hasPrefix("enum:") {
        let unknown = golden.with(try golden.body.setting(field.key, to: [0x18, 0xFF]))
        expectRefusal(unknown, "no such")
      }
    }
  }

  @Test(
    "a blob's name and a bucket's line have exactly two parts",
    arguments: [
      (5, [0x81, 0x06]), (5, [0x83, 0x06, 0x40, 0x00]), (5, [0x82, 0x06, 0x41, 0x00]),
      (1, [0x81, 0x81, 0x01]), (1, [0x81, 0x83, 1, 2, 3]), (1, [0x01]),
    ] as [(Int64, [UInt8])])
  func parts(_ key: Int64, _ value: [UInt8]) throws {
    let golden = try GoldenRecord(.creditGranted)
    let wrong = golden.with(try golden.body.setting(key, to: value))
    #expect(throws: RecordError.self) { try wrong.decoded() }
  }

  @Test("bytes after the map are refused")
  func trailing() throws {
    var golden = try GoldenRecord(.jobOverdue)
    golden.bytes.insert(0, at: golden.bytes.count - Digest.byteCount)
    expectRefusal(golden, "bytes after the map")
  }

  @Test("a map that ends early is refused", arguments: EventType.allCases)
  func cut(_ type: EventType) throws {
    let golden = try GoldenRecord(type)
    for count in 0...golden.bytes.count {
      var shorter = golden
      shorter.bytes = Array(golden.bytes.prefix(count))
      if count <= Record.overhead {
        #expect(throws: RecordError.short) { try shorter.decoded() }
      } else if count < golden.bytes.count {
        #expect(throws: RecordError.self, "\(count)") { try shorter.decoded() }
      }
    }
  }

  @Test("an unknown type or version is refused by its number")
  func unknownType() throws {
    var golden = try GoldenRecord(.jobOverdue)
    golden.bytes.replace(at: 4, littleEndian: UInt16(0xFFFF))
    #expect(throws: RecordError.unknownType(0xFFFF, version: 1)) { try golden.decoded() }
    golden = try GoldenRecord(.jobOverdue)
    golden.bytes[6] = 2
    let error = RecordError.unknownType(EventType.jobOverdue.rawValue, version: 2)
    #expect(throws: error) { try golden.decoded() }
    #expect(error.description == "unknown event type 77 version 2")
  }

  @Test("any changed bit breaks the checksum; any but the crc's own breaks the chain")
  func everyBit() throws {
    let golden = try GoldenRecord(.creditCaptured)
    for bit in 0..<golden.bytes.count * 8 {
      var flipped = golden
      flipped.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let (isIntact, isChained) = try (flipped.isIntact, flipped.isChained(to: .zero))
      #expect(!isIntact, "bit \(bit)")
      #expect(isChained == (bit < 32), "bit \(bit)")
    }
  }

  @Test("a record is chained to one predecessor only")
  func chain() throws {
    let hash = try GoldenRecord(.jobSubmitted).hash
    var second = try GoldenRecord(.creditHeld)
    let event = try second.decoded()
    var writer = CBORWriter()
    let linked = Record.encode(
      event.header, event.event, event.envelope, after: hash, scratch: &writer,
      into: &second.bytes)
    #expect(try second.isIntact)
    #expect(try second.hash == linked)
    #expect(try second.isChained(to: hash))
    #expect(try !second.isChained(to: .zero))
    #expect(try !second.isChained(to: linked))
  }

  @Test("mutated records never crash the reader; what it accepts it writes back the same")
  func mutations() throws {
    var random = Seed.generator(for: "record mutations")
    let known = try EventTable.types().reduce(into: [:]) { $0[$1.type] = $1.fields.count }
    for type in EventType.allCases {
      let golden = try GoldenRecord(type)
      let content = RecordHeader.byteCount..<golden.bytes.count - Digest.byteCount
      for _ in 0..<400 {
        var mutant = golden
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          mutant.bytes[Int.random(in: content, using: &random)] = .random(
            in: .min ... .max, using: &random)
        }
        guard let event = try? mutant.decoded() else { continue }
        let keys = try mutant.body.pairs.map(\.key)
        let isKnown = keys.allSatisfy { (-11..<Int64(known[type] ?? 0)).contains($0) }
        guard isKnown else { continue }
        let again = Array(GoldenRecord.encode(event)[content])
        #expect(again == Array(mutant.bytes[content]))
      }
    }
  }

  private func expectRefusal(
    _ record: GoldenRecord, _ reason: String, _ what: String = "",
    at place: SourceLocation = #_sourceLocation
  ) {
    do {
      let event = try record.decoded()
      Issue.record("accepted: \(what) \(event.event)", sourceLocation: place)
    } catch {
      #expect(error.description.contains(reason), "\(what)", sourceLocation: place)
    }
  }
}
