// Options that many commands share: the global ones and the selector. Written once, so that they
// mean the same everywhere.

extension Option {
  /// Accepted by every command, before and after its name.
  package static let global = section(
    .global,
    [
      .value("home", .path, "Where the books are (else $LEDGER_HOME)", as: "DIR"),
      .flag("json", "One JSON object per line on standard output"),
      .flag("no-color", "Plain text (also NO_COLOR)"),
      .flag("quiet", "No words on standard error but errors and warnings"),
      .value("by", .text, "Who acts, kept in the log (else your login)", as: "NAME"),
      .flag("version", "Print the version"),
      .flag("help", "Print help for the program or a command"),
    ])

  /// Which jobs or events are meant, wherever many are.
  package static let selector = section(
    .selector,
    [
      .value("account", .account, "Of this account", as: "A"),
      .value("provider", .identifier, "At this provider", as: "P"),
      .value("model", .text, "Of this model", as: "M"),
      .value("state", .list, "In this state, or these", as: "S"),
      .repeated("meta", .pair, "With this metadata"),
      .value("since", .time, "Not before: RFC 3339, a date, or 7d for seven days ago"),
      .value("until", .time, "Not after, written like --since"),
      .value("limit", .integer(1...1_000_000), "At most so many"),
    ])

  private static func section(_ section: Section, _ options: [Option]) -> [Option] {
    options.map { option in
      var option = option
      option.section = section
      return option
    }
  }
}
