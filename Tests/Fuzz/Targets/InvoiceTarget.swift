// Providers' invoices: what bills us, in whatever columns, held against books that have jobs.

import Glibc
import Ledger
import Posix
import Providers
import Synchronization
import Wire

extension FuzzTarget {
  private static let maps: [InvoiceMap] = {
    let registry = ProfileRegistry()
    return registry.names.compactMap { (try? registry.profile($0))?.invoice }
  }()

  private static var texts: [String] {
    let words =
      "external_id=id,quantity=used,unit=what,billed_at=at,model=m\n"
      + "id,used,what,at,m\np1,1.500,credits,2026-01-01T00:00:00Z,\"a \"\"b\"\"\"\n"
      + "p2,2e-3,usd,,\np1,1,credits,2026-01-02,x\n"
    let amounts =
      "line_id=n,amount=cost,currency==usd,billed_at=at,time=DD.MM.YYYY hh:mm\n"
      + "n,cost,at\n1,0.25,01.01.2026 00:10\n1,0.25,01.01.2026 00:10\n"
    let json = """
      {"columns":{"external_id":"/a/id","quantity":"q","unit":{"value":"s"},\
      "status":{"column":"state","words":{"free":"skip"}}},"time":"unix_ms","ignore":"$,",\
      "rate":"0.5"}
      {"a":{"id":"p1"},"q":"$1,000.5","state":"free"}
      {"a":{"id":"p1"},"q":7}
      {}
      """
    let table =
      "id,request_id,model,quantity,unit,cost_total,created_at,timestamp\n"
      + "p1,p1,m,1,units,0.5,2026-01-01T00:00:00Z,2026-01-01T00:00:00Z\n"
    return [words, amounts, json] + maps.indices.map { index in "\(index)\n" + table }
  }

  /// The first line is a map, as JSON or as words; a number in its place is that provider's own.
  static let invoice = FuzzTarget("invoice") {
    texts.map { Array($0.utf8) }
  } run: { bytes in
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    guard let map = map(Array(line)) else { return }
    FuzzedInvoice.shared.read(Array(bytes.dropFirst(line.count + 1)), map)
  }

  private static func map(_ bytes: [UInt8]) -> InvoiceMap? {
    let text = String(decoding: bytes, as: UTF8.self)
    if let index = Int(text) { return maps.indices.contains(index) ? maps[index] : nil }
    return text.contains("=")
      ? try? InvoiceMap(words: text) : try? InvoiceMap(parsing: bytes)
  }
}

/// Books with a few jobs of one provider, and what is said of them by invoices.
final class FuzzedInvoice: Sendable {
  static let shared = FuzzedInvoice()
  private let calls: [Call]
  private let path: String
  private static let folder = Mutex("")

  private init() {
    do {
      let place = FileSystem.exists("/dev/shm") ? "/dev/shm" : "/tmp"
      let folder = try FileSystem.makeTemporaryDirectory(prefix: "\(place)/ledger-fuzz-")
      FuzzedInvoice.folder.withLock { $0 = folder }
      atexit { FuzzedInvoice.folder.withLock { path in try? FileSystem.removeTree(path) } }
      path = folder + "/invoice"
      let home = Home(folder + "/books")
      try Books.create(home, program: "fuzz", by: nil)
      let books = try Books(home)
      let grant = Grant(account: "acme", amount: Credits("9")!, reason: nil)
      _ = try books.append(Command(.grant(grant), actor: .cli, by: "fuzz"))
      let map = try ImportMap(
        parsing: Array(
          #"{"row_id":"id","account":{"value":"acme"},"provider":{"value":"replicate"},"#
            + #""external_id":"ext","status":{"column":"state","words":{"done":"succeeded"}},"#
            + #""hold":"cost","created_at":"at"}"#))
      let rows =
        "id,ext,state,cost,at\n1,p1,done,0.5,2026-01-01\n2,p2,done,2,2026-01-01\n"
        + "3,p3,done,0,2026-01-02\n"
      try FileSystem.replace(path, with: Array(rows))
      try books.importRows(
        try File(path, O_RDONLY), map, by: "fuzz", isRehearsal: false,
        patienceMilliseconds: { _ in 1000 }, report: { _ in })
      calls = try books.read { snapshot in try snapshot.calls(to: "replicate") }
      guard calls.count == 3 else { fatalError("\(calls.count) of 3 jobs are there") }
    } catch {
      fatalError("the books to bill cannot be made: \(error)")
    }
  }

  func read(_ bytes: [UInt8], _ map: InvoiceMap) {
    do {
      try FileSystem.replace(path, with: bytes)
      let invoice = try Invoice(File(path, O_RDONLY), map, keepsRows: true)
      check(invoice)
      let again = try Invoice(File(path, O_RDONLY), map)
      precondition(again.lines.map(\.id) == invoice.lines.map(\.id), "names depend on the use")
      var terms = ReconciliationTerms()
      terms.rate = map.rate
      check(Reconciliation(invoice, calls, terms))
    } catch is InvoiceError {
    } catch {
      fatalError("an error that no command explains: \(error)")
    }
  }

  private func check(_ invoice: Invoice) {
    precondition(Set(invoice.lines.map(\.id)).count == invoice.lines.count, "a name twice")
    for line in invoice.lines {
      precondition(Quantity("\(line.quantity)") == line.quantity, "a quantity does not come back")
      precondition(line.billedAt.map { $0.microseconds >= 0 } ?? true, "a time before all times")
      precondition((line.row?.bytes.count ?? 0) <= 64 << 10, "a row beyond its bound")
    }
  }

  /// Each line is somebody's once, or nobody's, and no quantity is lost on the way.
  private func check(_ result: Reconciliation) {
    let used = result.entries.flatMap(\.lines).sorted()
    precondition(used == Array(result.lines.indices), "a line is lost, or counted twice")
    let billed = result.lines.reduce(Quantity.zero) { $0 + $1.quantity }
    let told = result.entries.reduce(Quantity.zero) { $0 + $1.quantity }
    precondition(billed == told, "the sum of the lines is not the sum of the entries")
  }
}
