// The one refusal a user sees: what is wrong and what to type next. Never a stack of causes.

package import Wire

/// A refused or failed command. It must carry no secret: it goes to terminals and logs as it is.
package struct Failure: Error, Sendable, Equatable {
  /// What the process ends with.
  package var exitCode: ExitCode
  /// A short word for programs: `usage`, `no_home`, `insufficient_credits`, ...
  package var code: String
  /// One sentence without a full stop.
  package var message: String
  /// The command, or the end of it, to type next; nil when nothing can be typed.
  package var next: String?

  package init(_ exitCode: ExitCode, _ code: String, _ message: String, next: String? = nil) {
    self.exitCode = exitCode
    self.code = code
    self.message = message
    self.next = next
  }

  /// A wrong command line: exit 64, code `usage`.
  package static func usage(_ message: String, next: String? = nil) -> Failure {
    Failure(.usage, "usage", message, next: next)
  }

  /// An error nobody foresaw: exit 70. Only its type is named; its text might hold a secret.
  package static func unexpected(_ error: any Error) -> Failure {
    Failure(.bug, "bug", "unexpected \(type(of: error)); this is a mistake in the program")
  }
}

extension Failure {
  /// The widest line for a terminal, columns.
  static let columns = 80
  /// Lines of message on a terminal; what is longer is cut there, and whole in `json`.
  static let messageLines = 2

  /// `ledger: message` in at most two lines, then `  try: next`. Lines keep to 80 columns, but a
  /// command to copy is never broken or cut.
  package func lines(program: String) -> [String] {
    let hanging = "  "
    let text = "\(program): \(Escaping.terminal(message))"
    var lines = Wrap.lines(text, columns: Failure.columns, hanging: hanging)
    if lines.count > Failure.messageLines {
      let tail = lines[(Failure.messageLines - 1)...].joined(separator: " ")
      lines.removeSubrange((Failure.messageLines - 1)...)
      lines.append(DisplayWidth.truncate(tail, columns: Failure.columns))
    }
    if let next { lines.append("  try: \(Escaping.terminal(next))") }
    return lines
  }

  /// `{"error":{"code","message","next"}}`; `next` is null when there is none.
  package var json: JSON {
    ["error": ["code": .string(code), "message": .string(message), "next": nextJSON]]
  }

  private var nextJSON: JSON { if let next { .string(next) } else { .null } }
}
