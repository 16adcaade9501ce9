// The bash script. It needs nothing but bash: no bash-completion package.

extension Completion {
  var bash: String {
    """
    # bash completion for \(program); add to ~/.bashrc: source <(\(program) completions bash)
    \(functionName)() {
      local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}
      local first='' second='' place='' words='' option='' files='' i=1
      # "--name=value" arrives as three words.
      if [[ $current == '=' ]]; then option=$previous current=''
      elif [[ $previous == '=' ]]; then option=${COMP_WORDS[COMP_CWORD-2]}
      elif [[ $previous == --* ]]; then option=$previous
      fi
      while (( i < COMP_CWORD )); do
        case ${COMP_WORDS[i]} in
          \(globalsWithValue)) (( i++ )) ;;
          -*) ;;
          *) if [[ -z $first ]]; then first=${COMP_WORDS[i]}
             elif [[ -z $second ]]; then second=${COMP_WORDS[i]}
             fi ;;
        esac
        (( i++ ))
      done
      case $first in
        \(families.joined(separator: "|"))) place="$first${second:+ $second}" ;;
        *) place=$first ;;
      esac
      case "$place $option" in
    \(bashValues)
      esac
      if [[ -z $words ]]; then
        case $place in
          '') words=\(Completion.quoted(firstWords.joined(separator: " "))) ;;
          help) words=\(Completion.quoted(firstWords.dropLast().joined(separator: " "))) ;;
    \(bashFamilies)
    \(bashCommands)
        esac
        words="$words \(Option.global.map { "--\($0.name)" }.joined(separator: " "))"
      fi
      if [[ $current != -* ]]; then
        words=$(for word in $words; do [[ $word == -* ]] || echo "$word"; done)
        if [[ -z $words ]]; then
          [[ -z $files ]] || COMPREPLY=($(compgen -f -- "$current"))
          return
        fi
      fi
      COMPREPLY=($(compgen -W "$words" -- "$current"))
    }
    complete -o filenames -F \(functionName) \(program)

    """
  }

  /// One line for each option with a value: files, words, or nothing to offer.
  private var bashValues: String {
    var lines: [String] = []
    func add(_ pattern: String, _ kind: ValueKind) {
      switch Completion.values(of: kind) {
      case .files:
        lines.append("    \(pattern)) COMPREPLY=($(compgen -f -- \"$current\")); return ;;")
      case .words(let words):
        let list = Completion.quoted(words.joined(separator: " "))
        lines.append("    \(pattern)) COMPREPLY=($(compgen -W \(list) -- \"$current\")); return ;;")
      case .unknown: lines.append("    \(pattern)) return ;;")
      }
    }
    for command in commands {
      for option in command.options {
        if let kind = option.kind { add("'\(command.name) --\(option.name)'", kind) }
      }
    }
    for option in Option.global {
      if let kind = option.kind { add("*' --\(option.name)'", kind) }
    }
    return lines.joined(separator: "\n")
  }

  private var bashFamilies: String {
    families.map { family in
      "      \(family)) words=\(Completion.quoted(members(of: family).joined(separator: " "))) ;;"
    }.joined(separator: "\n")
  }

  private var bashCommands: String {
    commands.map { command in
      var words = command.options.map { "--\($0.name)" }
      for operand in command.operands {
        if case .words(let choices) = Completion.values(of: operand.kind) { words += choices }
      }
      let list = Completion.quoted(words.joined(separator: " "))
      let takesFiles = command.operands.contains { Completion.values(of: $0.kind) == .files }
      return "      '\(command.name)') words=\(list)\(takesFiles ? " files=1" : "") ;;"
    }.joined(separator: "\n")
  }
}
