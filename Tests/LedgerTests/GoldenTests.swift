// The frozen records of schemas/golden: what was written once must read the same for ever.

import Posix
import Support
import Testing
import Wire

@testable import Ledger

@Suite("Golden records") struct GoldenTests {
  @Test("every event type has its frozen record, and every frozen record its type")
  func complete() throws {
    let files = Set(try FileSystem.list(GoldenRecord.folder))
    let names = try EventTable.types().flatMap { type, fields in
      Set(fields.map(\.since) + [1]).map { type.name + GoldenRecord.ending($0) }
    }
    #expect(files == Set(names))
  }

  @Test("a frozen record is intact, and chained to the zero hash", arguments: EventType.allCases)
  func intact(_ type: EventType) throws {
    let golden = try GoldenRecord(type)
    let header = try golden.header
    #expect(header.type == type.rawValue && header.version == 1)
    #expect(header.flags == [.first, .last])
    #expect(header.time == Timestamp("2026-11-21T09:20:00Z"))
    #expect(header.subject == 7 && header.previous == 41)
    #expect(try golden.isIntact)
    #expect(try golden.isChained(to: .zero))
  }

  @Test("a frozen record decodes, and encodes to the same bytes", arguments: EventType.allCases)
  func roundTrip(_ type: EventType) throws {
    let golden = try GoldenRecord(type)
    let event = try golden.decoded()
    #expect(event.event.type == type)
    #expect(event.position == 1)
    #expect(GoldenRecord.encode(event) == golden.bytes)
  }

  @Test("every field of the event table is present in its frozen record")
  func everyField() throws {
    for (type, fields) in try EventTable.types() {
      for since in Set(fields.map(\.since) + [1]) {
        let keys = try GoldenRecord(type, since: since).body.pairs.map(\.key)
        let known = fields.filter { $0.since <= since }
        #expect(keys == known.map(\.key) + (1...11).map { -$0 }, "\(type.name)")
      }
    }
  }

  @Test("a field added later has a frozen record of its own, which decodes and encodes the same")
  func addedLater() throws {
    let later = try EventTable.types().flatMap { type, fields in
      Set(fields.map(\.since)).filter { $0 > 1 }.map { (type, $0) }
    }
    #expect(!later.isEmpty)
    for (type, since) in later {
      let golden = try GoldenRecord(type, since: since)
      #expect(try golden.isIntact)
      #expect(GoldenRecord.encode(try golden.decoded()) == golden.bytes)
    }
  }

  @Test("the record that record-format.md takes apart is the frozen one")
  func workedExample() throws {
    let text = try #require(try FileSystem.read(EventTable.folder + "/record-format.md"))
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    var bytes: [UInt8] = []
    // `OFFSET  HEX HEX ...  what it means`
    for line in lines {
      guard let match = line.wholeMatch(of: /\s*(\d+)  \s*([0-9a-f ]+?)(?:  .*)?/),
        let offset = Int(match.output.1)
      else { continue }
      #expect(offset == bytes.count, "\(line)")
      bytes += try #require(Hex.bytes(match.output.2.filter { $0 != " " }))
    }
    #expect(bytes == (try GoldenRecord(.creditGranted)).bytes)
  }

  @Test("the log's own schemas name every field, kind and code of the event table")
  func schemaText() throws {
    let rows = SchemaText.all
    #expect(rows.count == EventType.allCases.count + 1)
    let table = try EventTable.json()
    for (key, text) in rows {
      let row = try JSON(parsing: text)
      let type = try #require(row["type"]?.string)
      let events = try #require(table["events"]?.array)
      let event = events.first { $0["type"]?.string == type }
      #expect(key == [0, UInt8(event?["code"]?.int ?? 0), 1], "\(type)")
      let fields = try #require(event == nil ? table["envelope"] : event?["fields"]).array
      #expect(row["fields"] == .array(try (fields ?? []).map { try described($0, table) }))
    }
  }

  /// A field of the table as the log describes it.
  private func described(_ field: JSON, _ table: JSON) throws -> JSON {
    let kind = try #require(field["kind"]?.string)
    var object = JSONObject()
    object["key"] = field["key"]
    object["name"] = field["name"]
    object["kind"] = .string(kind.hasPrefix("enum:") ? "code" : kind)
    if kind.hasPrefix("enum:") {
      let codes = try #require(table["enums"]?[String(kind.dropFirst(5))]?.object)
      object["codes"] = .object(
        JSONObject(
          codes.members.map { .init(String($0.value.int ?? -1), .string($0.name)) }))
    }
    return .object(object)
  }
}
