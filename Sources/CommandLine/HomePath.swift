// Where the books are when the user says so, and when not (INTERFACES, "CLI rules").

package enum HomePath {
  /// `--home`, else `$LEDGER_HOME`, else `$XDG_DATA_HOME/ledger`, else `~/.local/share/ledger`.
  package static func resolve(given: String?) throws(Failure) -> String {
    if let path = given ?? Terminal.environment("LEDGER_HOME") { return trimmed(path) }
    // A relative path there is invalid and to be ignored (XDG Base Directory Specification).
    if let data = Terminal.environment("XDG_DATA_HOME"), data.hasPrefix("/") {
      return trimmed(data) + "/ledger"
    }
    guard let user = Terminal.environment("HOME") else {
      throw Failure(
        .configuration, "no_home", "neither --home nor $LEDGER_HOME nor $HOME says where to look",
        next: "ledger --home DIR init")
    }
    return trimmed(user) + "/.local/share/ledger"
  }

  private static func trimmed(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}
