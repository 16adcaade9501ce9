// What a command line turned out to mean.

/// The result of parsing.
package enum Invocation: Sendable {
  /// A complete, checked command.
  case run(Arguments)
  /// Help; `asked` is false when it answers an incomplete line instead of a wish.
  case help(HelpTopic, asked: Bool)
  case version
}

/// What help is about.
package enum HelpTopic: Sendable, Equatable {
  case program
  /// All commands that begin with this word.
  case family(String)
  case command(Command)
}
