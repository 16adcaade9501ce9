// How to write, from the command line, the environment and the terminal.

extension Output.Settings {
  /// Columns when nothing tells.
  static let columnsDefault = 80
  /// The narrowest and widest sensible screen.
  static let columnsRange = 20...1000

  /// Reads the words before `--` directly, so that even a line that does not parse is answered the
  /// way its author asked. (A value never begins with two dashes: see `Parser`.)
  package init(words: [String]) {
    self.init()
    let options = words.prefix { $0 != "--" }
    isJSON = options.contains("--json")
    isQuiet = options.contains("--quiet")
    outputIsTerminal = Terminal.isTerminal(Terminal.standardOutput)
    errorIsTerminal = Terminal.isTerminal(Terminal.standardError)
    colors =
      !options.contains("--no-color") && Terminal.environment("NO_COLOR") == nil
      && Terminal.environment("TERM") != "dumb"  // https://no-color.org
    let width =
      Terminal.columns(Terminal.standardOutput) ?? Terminal.environment("COLUMNS").flatMap {
        Int($0)
      }
      ?? Output.Settings.columnsDefault
    columns = min(
      max(width, Output.Settings.columnsRange.lowerBound), Output.Settings.columnsRange.upperBound)
  }
}
