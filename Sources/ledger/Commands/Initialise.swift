// ledger init

import CommandLine
import Ledger
import Posix
import Wire

enum Initialise {
  static let declaration = Declaration(
    "init", .operate, "Create the books",
    details: "The first grant, submit, track or pause creates them too.",
    options: [.value("unit", .text, "What one credit is called", as: "NAME", default: "credits")],
    examples: ["ledger init --unit credits", "ledger --home ./books init"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let unit = arguments.required("unit")
    guard (1...64).contains(unit.utf8.count) else {
      throw Failure.usage("--unit expects 1 to 64 bytes")
    }
    try session.requireDirectory()
    try Books.create(session.home, unit: unit, program: Product.version, by: session.by)
    let books = try session.books()
    if session.output.settings.isJSON {
      session.output.json([
        "home": .string(session.home.path), "unit": .string(unit),
        "ledger_id": .string(Hex.text(books.meta.ledgerID)), "position": 1, "repeated": false,
      ])
    } else {
      session.output.line("created a ledger in \(session.home.path) (head 1)")
      session.output.note("  try: \(session.command("grant ACCOUNT 100"))")
    }
    return .ok
  }
}
