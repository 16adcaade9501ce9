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

  /// The path as a shell takes it for one word.
  package static func quoted(_ path: String) -> String {
    let isPlain = path.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "_"):
        true
      default: false
      }
    }
    if isPlain { return path }
    let parts = path.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + parts.joined(separator: #"'\''"#) + "'"
  }
}
