// The few requests of man(7) that a manual needs, with every text escaped.

/// Writes a manual page's source, read alike by mandoc and groff.
struct Roff {
  private(set) var text = ""

  /// - Parameter comment: the first line, not shown.
  init(comment: String) { text = ".\\\" \(comment)\n" }

  /// `.NAME ARGUMENT...`, the arguments in quotation marks.
  mutating func request(_ name: String, _ arguments: String...) {
    text += "." + name
    for argument in arguments { text += " \"\(Roff.escaped(argument, isQuoted: true))\"" }
    text += "\n"
  }

  /// The title line; its date must stand as it is written (man(7), ".TH").
  mutating func title(_ name: String, section: Int, date: String, source: String) {
    text += ".TH \"\(Roff.escaped(name))\" \"\(section)\" \"\(date)\" "
    text += "\"\(Roff.escaped(source))\" \"\"\n"
  }

  /// A line of text, as it stands.
  mutating func line(_ words: String) { markup(Roff.escaped(words)) }

  /// A line that was escaped before and may hold changes of font.
  mutating func markup(_ line: String) {
    // A line that begins with one of these would be a request (roff(7), "Control lines").
    let isControl = line.hasPrefix(".") || line.hasPrefix("'")
    text += (isControl ? "\\&" : "") + line + "\n"
  }

  /// A paragraph, after an empty line.
  mutating func paragraph(_ words: String) {
    request("PP")
    line(words)
  }

  /// A term, given as markup, and under it what it means.
  mutating func item(_ term: String, _ words: String) {
    request("TP")
    markup(term)
    line(words)
  }

  /// Lines that are shown as they are.
  mutating func example(_ lines: [Substring]) {
    request("PP")
    request("RS", "4")
    request("nf")
    for line in lines { self.line(String(line)) }
    request("fi")
    request("RE")
  }

  static func bold(_ text: String) -> String { #"\fB"# + escaped(text) + #"\fR"# }
  static func italic(_ text: String) -> String { #"\fI"# + escaped(text) + #"\fR"# }

  /// A hyphen is written as the minus sign that can be copied into a shell.
  static func escaped(_ text: String, isQuoted: Bool = false) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += #"\e"#
      case "-": result += #"\-"#
      case "'": result += #"\(aq"#
      case "`": result += #"\(ga"#
      case "^": result += #"\(ha"#
      case "~": result += #"\(ti"#
      case "\"" where isQuoted: result += #"\(dq"#
      default: result.append(character)
      }
    }
    return result
  }
}
