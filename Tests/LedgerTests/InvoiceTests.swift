// Invoices are read strictly, and what is wrong is said with its line.

import Glibc
import Posix
import Support
import Testing
import Wire

@testable import Ledger

@Suite("Reading invoices") struct InvoiceTests {
  static let words =
    "line_id=line,external_id=request,model=model,quantity=used,unit==credits,billed_at=at"

  static func read(
    _ text: String, _ map: InvoiceMap? = nil, keepsRows: Bool = false
  ) throws -> Invoice {
    let directory = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-test-")
    defer { try? FileSystem.removeTree(directory) }
    try FileSystem.replace(directory + "/invoice", with: Array(text.utf8))
    return try Invoice(
      File(directory + "/invoice", O_RDONLY), map ?? InvoiceMap(words: words),
      keepsRows: keepsRows)
  }

  private static let header = "line,request,model,used,at\n"

  @Test("lines with a byte order mark, CRLF, quotes and line breaks in fields")
  func lines() throws {
    let text =
      "\u{FEFF}line,request,model,used,at\r\n"
      + "L1,r1,\"a \"\"b\"\", c\",1.500,2026-11-21T09:30:00Z\r\n\r\n"
      + "\"L\r\n2\",,, 2e-05 ,2026-11-21 09:30:01\r\n"
    let invoice = try InvoiceTests.read(text, keepsRows: true)
    #expect(invoice.lines.map(\.number) == [2, 5])
    #expect(invoice.lines.map(\.id) == ["L1", "L\n2"])
    #expect(invoice.lines[0].model == "a \"b\", c" && invoice.lines[1].model == nil)
    #expect(invoice.lines.map(\.externalID) == ["r1", nil])
    #expect(invoice.lines.map(\.quantity.description) == ["1.5", "0.00002"])
    #expect(invoice.lines[0].row?["used"] == "1.500")
    let start = try #require(Timestamp("2026-11-21T09:30:00Z"))
    #expect(invoice.period == start...start.advanced(seconds: 1))
  }

  @Test(
    "what is wrong is said with its line",
    arguments: [
      ("L1,r1,m,x,\n", "line 2: quantity \"x\" is no decimal"),
      ("L1,r1,m,,\n", "line 2: has no quantity"), (",r1,m,1,\n", "line 2: has no line_id"),
      ("L1,r1,m,1\n", "line 2: has 4 fields where the header has 5"),
      ("L1,r1,m,1,,\n", "line 2: has 6 fields"),
      ("L1,r1,m,1,yesterday\n", "line 2: billed_at \"yesterday\" is no time"),
      ("L1,r1,m,1,1969-12-31\n", "line 2: billed_at"),
      ("L1,r1,m,1,\nL1,r1,m,2,\n", "line 3: L1 stands on line 2 with other content"),
      ("L1,r\"1,m,1,\n", "line 2: field 2: a quote inside a field"),
      ("L1,\"r1,m,1,\n", "line 2: the file ends inside a quoted field"),
      ("L1,\"r1\"x,m,1,\n", "line 2: field 2: text behind a closing quote"),
    ])
  func wrong(_ rows: String, _ message: String) throws {
    let error = #expect(throws: InvoiceError.self) {
      try InvoiceTests.read(InvoiceTests.header + rows)
    }
    #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
  }

  @Test("a missing column is named with those that are there")
  func missingColumn() throws {
    let error = #expect(throws: InvoiceError.self) { try InvoiceTests.read("id,cost,when\n") }
    let text = error?.description ?? ""
    #expect(text.contains("there is no column") && text.contains("there are id, cost, when"))
    let empty = #expect(throws: InvoiceError.self) { try InvoiceTests.read("line,line\n") }
    #expect(empty?.description == "line 1: two columns have one name")
  }

  @Test("a line that stands there twice, word for word, counts once")
  func repeated() throws {
    let invoice = try InvoiceTests.read(InvoiceTests.header + "L1,r1,m,1,\nL1,r1,m,1,\n")
    #expect(invoice.lines.count == 1 && invoice.repeated == 1)
  }

  @Test("lines without names of their own get the request's, then the row's, each its own")
  func names() throws {
    let map = try InvoiceMap(words: "external_id=id,quantity=n,unit==s,billed_at=at")
    let text = "id,n,at\nr1,1,\nr1,2,\nr1#2,3,\n,4,\n,4,\n"
    let ids = try InvoiceTests.read(text, map).lines.map(\.id)
    #expect(ids.prefix(3) == ["r1", "r1#2", "r1#2#2"])
    #expect(ids[3].hasPrefix("row:") && ids[4] == ids[3] + "#2")
    #expect(try InvoiceTests.read(text, map).lines.map(\.id) == ids)
  }

  @Test("NDJSON is read by member and by pointer")
  func ndjson() throws {
    let map = try InvoiceMap(
      parsing: Array(
        #"{"columns":{"external_id":"id","quantity":["seconds","/metrics/time"],"#.utf8)
        + Array(#""unit":{"value":"seconds"},"billed_at":"t"},"time":"unix_ms"}"#.utf8))
    let text = #"{"id":"a","metrics":{"time":3.25},"t":1500}"# + "\n"
    let line = try #require(try InvoiceTests.read(text, map).lines.first)
    #expect(line.quantity == Quantity("3.25") && line.unit == "seconds")
    #expect(line.billedAt == Timestamp(microseconds: 1_500_000))
  }

  @Test("money stands for the quantity where that has no column; signs are left out; words skip")
  func money() throws {
    let map = try InvoiceMap(
      parsing: Array(
        #"""
        {"columns":{"external_id":"id","amount":"cost","currency":{"value":"usd"},
         "status":{"column":"state","words":{"void":"skip"}}},"ignore":"$, "}
        """#.utf8))
    let text = "id,cost,state\na,\"$1,234.50\",ok\nb,$1,void\nc,-$0.50,ok\n"
    let invoice = try InvoiceTests.read(text, map)
    #expect(invoice.lines.map(\.quantity.description) == ["1234.5", "-0.5"])
    #expect(invoice.lines[0].unit == "usd" && invoice.skipped == 1)
  }

  @Test(
    "times in every form",
    arguments: [
      ("rfc3339", "2026-11-21T10:30:00+01:00", 1_795_253_400_000_000 as Int64?),
      ("rfc3339", "2026-11-21 09:30:00.5", 1_795_253_400_500_000),
      ("rfc3339", "21.11.2026", nil), ("unix_s", "1795253400.25", 1_795_253_400_250_000),
      ("unix_ms", "1795253400250", 1_795_253_400_250_000), ("unix_s", "-1", nil),
      ("unix_s", "999999999999999", nil),
      ("DD.MM.YYYY hh:mm", "21.11.2026 09:30", 1_795_253_400_000_000),
      ("MM/DD/YYYY", "02/30/2026", nil), ("MM/DD/YYYY", "11/21/26", nil),
      ("MM/DD/YYYY", "1x/21/2026", nil),
    ])
  func times(_ form: String, _ text: String, _ micros: Int64?) throws {
    #expect(try #require(InvoiceTime(form)).moment(text)?.microseconds == micros)
  }

  @Test(
    "a map that is wrong is refused, naming the member",
    arguments: [
      (#"[]"#, "the map is no JSON object"), (#"{"columns":{}}"#, "quantity or amount is needed"),
      (#"{"columns":{"quantity":"a"}}"#, "unit is needed"),
      (#"{"columns":{"amount":"a","currency":"b"}}"#, "external_id or billed_at is needed"),
      (#"{"columns":{"colour":"a"}}"#, "the map's columns.colour: is no field"),
      (#"{"colour":1,"columns":{}}"#, "the map's colour: is not a member"),
      (#"{"columns":{"quantity":[]}}"#, "the map's columns.quantity: is a column's name"),
      (#"{"columns":{"quantity":{}}}"#, "names neither a column nor a value"),
      (#"{"columns":{"quantity":{"size":"a"}}}"#, "the map's columns.quantity.size"),
      (#"{"columns":{},"time":"noon"}"#, "the map's time"),
      (#"{"columns":{},"ignore":"5"}"#, "the map's ignore"),
      (#"{"columns":{},"rate":0.5}"#, "the map's rate"), (#"{"columns""#, "the map is no JSON"),
    ])
  func maps(_ text: String, _ message: String) {
    let error = #expect(throws: InvoiceError.self) { try InvoiceMap(parsing: Array(text.utf8)) }
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test(
    "words of a command line that are no map are refused",
    arguments: [
      "", "quantity", "quantity=", "quantity==", "quantity=a,quantity=b", "a=b", "time=x",
    ])
  func wordMaps(_ text: String) {
    #expect(throws: InvoiceError.self) { try InvoiceMap(words: text) }
  }

  @Test("a quoted field of very many lines is read once, not once for each of them")
  func manyLines() throws {
    let body = String(repeating: "\n", count: 1 << 20)
    let text = InvoiceTests.header + "L1,r1,\"\(body)\",1,\n"
    // The model is longer than a model may be: it was read to its end to say so.
    let error = #expect(throws: InvoiceError.self) { try InvoiceTests.read(text) }
    #expect(error?.part == .line((1 << 20) + 2))
  }
}
