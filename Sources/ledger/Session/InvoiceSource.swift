// A provider's invoice as a command line names it: the file, the map of its columns, and what it is
// held against.

import CommandLine
import Glibc
import Ledger
import Posix
import Providers
import Wire

/// An invoice with its provider's profile.
struct InvoiceSource {
  let profile: Profile
  let invoice: Invoice
  let map: InvoiceMap

  /// - Parameter keepsRows: each line keeps its row, to be recorded.
  init(
    _ session: Session, _ arguments: Arguments, path: String, provider: String, keepsRows: Bool
  ) throws {
    profile = try session.registry().profile(provider)
    if let columns = arguments.string("columns") {
      map = try InvoiceSource.map(columns)
    } else if let known = profile.invoice {
      map = known
    } else {
      throw Failure.usage(
        "the profile of \(profile.name) does not say which column of its invoice is what",
        next: "--columns external_id=COLUMN,quantity=COLUMN,unit==credits,billed_at=COLUMN")
    }
    let file: File
    do {
      file = path == "-" ? File(taking: dup(0), "standard input") : try File(path, O_RDONLY)
    } catch {
      throw Failure.usage("the invoice cannot be read: \((error as PosixError).description)")
    }
    invoice = try Invoice(file, map, keepsRows: keepsRows)
  }

  /// `FIELD=COLUMN,...`, or a file.
  private static func map(_ text: String) throws -> InvoiceMap {
    if text.contains("="), !text.hasSuffix(".json") { return try InvoiceMap(words: text) }
    return try InvoiceMap(
      parsing: InputFile.read(text, bytesMax: InvoiceMap.bytesMax, as: "--columns"))
  }

  /// What the profile and the command line say of the comparison.
  func terms(_ arguments: Arguments, now: Timestamp) throws -> ReconciliationTerms {
    var terms = ReconciliationTerms()
    terms.rate = map.rate
    terms.modelAliases = profile.modelAliases
    terms.billedFailures = Set(
      profile.billing.providerCharges.filter { $0.value == .charged }.map(\.key))
    if let window = arguments.duration("window") {
      terms.windowSeconds = Double(max(0, window.milliseconds)) / 1000
    }
    return terms
  }

  /// The options of both commands that take an invoice.
  static let columns = Option.value(
    "columns", .text, "Which column is what: FIELD=COLUMN,... or a file", as: "MAP")
  static let window = Option.value(
    "window", .duration, "Lines without an id match a job this far apart", default: "10m")
}

extension Failure {
  init(_ error: InvoiceError) {
    switch error.part {
    case .line:
      self.init(
        .damagedData, "invoice", "the invoice cannot be read: \(error)",
        next: "ledger audit --help")
    case .map: self.init(.usage, "invoice_map", "--columns: \(error)", next: "ledger audit --help")
    }
  }
}
