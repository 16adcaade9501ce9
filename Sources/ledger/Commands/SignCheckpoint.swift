// ledger checkpoint: sign where the chain stands, to be kept elsewhere.

import CommandLine
import Ledger
import Posix
import Wire

enum SignCheckpoint {
  static let declaration = Declaration(
    "checkpoint", .check, "Sign where the log stands, to be kept elsewhere",
    details: """
      "ledger verify --checkpoint FILE" then proves that no event up to there was changed, moved \
      or removed, even by somebody who rewrote every file of the home. Keep the public key \
      elsewhere too. The key is made at the first use: HOME/keys.
      """,
    options: [.value("out", .path, "Write it to this file", as: "FILE")],
    examples: ["ledger checkpoint --out checkpoint.json", "ledger checkpoint > checkpoint.json"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let (checkpoint, receipt) = try session.books().signCheckpoint(actor: .cli, by: session.by)
    let text = checkpoint.json.text
    let file = arguments.string("out")
    if let file { try FileSystem.replace(file, with: Array((text + "\n").utf8)) }
    if session.output.settings.isJSON, var json = checkpoint.json.object {
      json["file"] = file.map(JSON.string) ?? .null
      json["position"] = .int(receipt.position)
      json["repeated"] = .bool(receipt.isRepeated)
      session.output.json(.object(json))
      return .ok
    }
    let key = Hex.text(checkpoint.publicKey)
    if let file {
      session.output.line("signed position \(checkpoint.position) into \(file)")
      session.output.line("public key \(key)")
      session.output.note("keep both elsewhere")
      session.output.note(
        "  try: \(session.command("verify --checkpoint \(ShellText.quoted(file))"))")
    } else {
      session.output.line(text)
      session.output.note("signed position \(checkpoint.position) with public key \(key)")
    }
    return .ok
  }
}
