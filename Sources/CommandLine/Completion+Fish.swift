// The fish script: one function that finds the command on the line, then one line for each word.

extension Completion {
  var fish: String {
    var lines = [
      """
      # fish completion for \(program); put it into ~/.config/fish/completions/\(program).fish
      function _\(functionName)_at
        set -l found
        set -l skip 0
        for word in (commandline -opc)[2..-1]
          if test $skip = 1
            set skip 0
            continue
          end
          switch $word
            case \(globalsWithValue.split(separator: "|").joined(separator: " "))
              set skip 1
            case '-*'
            case '*'
              set -a found $word
          end
        end
        set -l count (count (string split ' ' -- $argv[1]))
        test -z "$argv[1]"; and test (count $found) = 0; and return 0
        test -n "$argv[1]"; and test "$found[1..$count]" = "$argv[1]"
      end
      function _\(functionName)_next
        _\(functionName)_at $argv[1]; and not _\(functionName)_in $argv
      end
      function _\(functionName)_in
        for member in $argv[2..-1]
          _\(functionName)_at "$argv[1] $member"; and return 0
        end
        return 1
      end
      complete -c \(program) -f
      """
    ]
    for word in firstWords {
      let summary = commands.first { $0.name == word }?.summary
      lines.append(fishLine("_at ''", "-a \(word)", summary ?? (word == "help" ? "Help" : "")))
    }
    let topics = firstWords.dropLast().joined(separator: " ")
    lines.append(fishLine("_at help", "-a '\(topics)'", "Help on it"))
    for family in families { lines += fishFamily(family) }
    for command in commands { lines += fishCommand(command) }
    for option in Option.global { lines.append(fishOption(option, condition: nil)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func fishFamily(_ family: String) -> [String] {
    let members = commands.filter { $0.name.hasPrefix(family + " ") }
    let names = self.members(of: family).joined(separator: " ")
    return members.map {
      fishLine("_next \(family) \(names)", "-a \($0.path.last ?? "")", $0.summary)
    }
  }

  private func fishCommand(_ command: Command) -> [String] {
    let condition = "_at '\(command.name)'"
    var lines = command.options.map { fishOption($0, condition: condition) }
    for operand in command.operands {
      switch Completion.values(of: operand.kind) {
      case .words(let words):
        let list = Completion.fishQuoted(words.joined(separator: " "))
        lines.append(fishLine(condition, "-a \(list)", operand.summary))
      case .files: lines.append(fishLine(condition, "-F", ""))
      case .unknown: break
      }
    }
    return lines
  }

  private func fishOption(_ option: Option, condition: String?) -> String {
    var words = "-l \(option.name)"
    if let kind = option.kind {
      switch Completion.values(of: kind) {
      case .words(let list): words += " -x -a \(Completion.fishQuoted(list.joined(separator: " ")))"
      case .files: words += " -r -F"
      case .unknown: words += " -x"
      }
    }
    return fishLine(condition, words, option.summary)
  }

  private func fishLine(_ condition: String?, _ words: String, _ summary: String) -> String {
    let test = condition.map { " -n \"_\(functionName)\($0)\"" } ?? ""
    let help = summary.isEmpty ? "" : " -d \(Completion.fishQuoted(summary))"
    return "complete -c \(program)\(test) \(words)\(help)"
  }

  /// In single quotes, where only `\` and `'` are special (fish documentation, "Quotes").
  private static func fishQuoted(_ text: String) -> String {
    var quoted = "'"
    for character in text {
      if "\\'".contains(character) { quoted += "\\" }
      quoted.append(character)
    }
    return quoted + "'"
  }
}
