// The zsh script: a function for compsys, one `_arguments` call for each command.

extension Completion {
  var zsh: String {
    """
    #compdef \(program)
    # zsh completion for \(program); put it as \(functionName) into a folder of $fpath
    \(functionName)() {
      local first='' second='' place='' i=2 used=1
      local -a commands globals
      globals=(
    \(lines(Option.global.map(zshOption), indent: 4))
      )
      while (( i < CURRENT )); do
        case ${words[i]} in
          \(globalsWithValue)) (( i++ )) ;;
          -*) ;;
          *) if [[ -z $first ]]; then first=${words[i]} used=$i
             elif [[ -z $second ]]; then
               second=${words[i]}
               case $first in \(families.joined(separator: "|"))) used=$i ;; esac
             fi ;;
        esac
        (( i++ ))
      done
      case $first in
        \(families.joined(separator: "|"))) place="$first${second:+ $second}" ;;
        *) place=$first ;;
      esac
      # What follows the command is completed as if the command alone stood before it.
      words=(\(program) "${(@)words[used+1,-1]}")
      (( CURRENT -= used - 1 ))
      case $place in
        ''|help)
          commands=(
    \(lines(zshFirstWords, indent: 8))
          )
          _arguments -s $globals '1:command:->command' && return
          _describe command commands ;;
    \(zshFamilies)
    \(zshCommands)
      esac
    }
    if [[ ${funcstack[1]} == \(functionName) ]]; then \(functionName) "$@"
    else compdef \(functionName) \(program)
    fi

    """
  }

  private var zshFirstWords: [String] {
    firstWords.map { word in
      let summary =
        commands.first { $0.name == word }?.summary
        ?? (word == "help" ? "Help on a command" : members(of: word).joined(separator: ", "))
      return Completion.quoted("\(word):\(summary)")
    }
  }

  private var zshFamilies: String {
    families.map { family in
      let members = commands.filter { $0.name.hasPrefix(family + " ") }
      let items = members.map { Completion.quoted("\($0.path.last ?? ""):\($0.summary)") }
      return """
            \(family))
              commands=(
        \(lines(items, indent: 8))
              )
              _describe command commands ;;
        """
    }.joined(separator: "\n")
  }

  private var zshCommands: String {
    commands.map { command in
      let operands = command.operands.map { operand in
        let place = operand.count == .rest ? "*" : operand.count == .optional ? ":" : ""
        return Completion.quoted("\(place):\(operand.name):\(Completion.action(operand.kind))")
      }
      let items = lines(command.options.map(zshOption) + operands, indent: 8)
      return """
            '\(command.name)')
              commands=(
        \(items)
              )
              _arguments -s $globals $commands ;;
        """
    }.joined(separator: "\n")
  }

  /// `'*--meta=[With this metadata]:K=V:'`: the syntax of `_arguments` (zshcompsys(1)).
  private func zshOption(_ option: Option) -> String {
    let star = option.isRepeatable ? "*" : ""
    var summary = ""
    for character in option.summary {
      if "[]:\\".contains(character) { summary += "\\" }
      summary.append(character)
    }
    guard let kind = option.kind else {
      return Completion.quoted("\(star)--\(option.name)[\(summary)]")
    }
    let placeholder = option.placeholder.filter { $0 != ":" }
    return Completion.quoted(
      "\(star)--\(option.name)=[\(summary)]:\(placeholder):\(Completion.action(kind))")
  }

  private static func action(_ kind: ValueKind) -> String {
    switch values(of: kind) {
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .files: "_files"
    case .unknown: ""
    }
  }

  private func lines(_ items: [String], indent: Int) -> String {
    items.map { String(repeating: " ", count: indent) + $0 }.joined(separator: "\n")
  }
}
