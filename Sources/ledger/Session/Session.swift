// What a command works with: where the books are, who acts, and where to write.

import CommandLine
import Ledger
import Posix
import Wire

/// The surroundings of one command.
final class Session {
  let output: Output
  let home: Home
  /// Who acts, as kept in the log.
  let by: String
  private let givenHome: String?
  private var opened: Books?

  init(_ arguments: Arguments, _ output: Output) throws {
    self.output = output
    givenHome = arguments.string("home")
    home = Home(try HomePath.resolve(given: givenHome))
    by = arguments.string("by") ?? Terminal.loginName
    guard by.utf8.count <= Limits.idBytes else {
      throw Failure.usage("--by is longer than \(Limits.idBytes) bytes")
    }
    DamageHandler.install(home: home.path, isJSON: output.settings.isJSON)
  }

  var now: Timestamp { Timestamp(microseconds: Clock.wallMicroseconds()) }

  /// The books, opened once. They must exist.
  func books() throws -> Books {
    if let opened { return opened }
    try requireDirectory()
    let books = try Books(home)
    opened = books
    return books
  }

  /// For a command that can write the first thing of all: creates the books when there are none.
  func makeHome() throws {
    try requireDirectory()
    guard !home.isInitialised else { return }
    do {
      try Books.create(home, program: Product.version, by: by)
      output.note("created a ledger in \(home.path)")
    } catch BooksError.alreadyInitialised {
      // Somebody else was quicker: theirs serves as well.
    }
  }

  func requireDirectory() throws {
    guard let status = try FileSystem.status(home.path), !status.isDirectory else { return }
    throw Failure(
      .configuration, "not_a_directory", "\(home.path) is not a directory",
      next: "ledger --home DIR init")
  }

  /// Gives a command to the books.
  /// - Parameter makesHome: it can be the first one of all.
  func write(
    _ action: Action, key: String? = nil, makesHome: Bool = false
  ) throws -> Receipt {
    if makesHome { try makeHome() }
    return try books().append(Ledger.Command(action, actor: .cli, by: by, key: key))
  }

  /// Gives several commands to the books in one commit; each is answered for itself.
  /// - Parameter cause: the event that led to them.
  func write(
    _ actions: [Action], cause: Position = 0
  ) throws -> [Result<Receipt, Refusal>] {
    try books().append(
      actions.map { Ledger.Command($0, actor: .cli, by: by, cause: cause) })
  }

  func read<Value>(_ body: (inout Snapshot) throws -> Value) throws -> Value {
    try books().read(body)
  }

  /// The failure with `--home` in the command to type next, where the user gave one.
  func located(_ failure: Failure) -> Failure {
    guard let givenHome, let next = failure.next, next.hasPrefix("ledger "),
      !next.contains("--home")
    else { return failure }
    var failure = failure
    failure.next = "ledger --home \(ShellText.quoted(givenHome)) " + next.dropFirst("ledger ".count)
    return failure
  }

  /// A command to type next, for screens and notes.
  func command(_ words: String) -> String {
    guard let givenHome else { return "ledger \(words)" }
    return "ledger --home \(ShellText.quoted(givenHome)) \(words)"
  }
}
