// A text planted wherever free text is kept, and the search for it in every byte of a directory.

import Ledger
import Posix
import Support
import Wire

/// Short enough to lie uncompressed, so that a search of the bytes can find it.
enum Canary {
  static let word = "canary-8f3a91"

  /// A job whose input, labels, provider's reply, error and output URL hold the word.
  static func plant(in books: Books, job id: String, account: String = "acme") throws {
    var failed = Observation.failed()
    failed.exchange.reply = Array("{\"e\":\"\(word)\"}".utf8)
    failed.exchange.message = "no \(word)"
    var submission = Submission(
      id: id, account: account, provider: "replicate", hold: Credits("1")!,
      input: ["prompt": .string(word)], meta: JSONObject([.init("user", .string(word))]))
    try run(books, .grant("5", to: account, reason: word), .submit(submission))
    try run(books, .start(id), .accept(id, external: "x-\(id)"), .observe(id, failed))
    submission.id = id + "-ok"
    var succeeded = Observation.succeeded()
    succeeded.outputs = [.init(url: "https://files.example/\(word)")]
    try run(books, .submit(submission), .start(submission.id))
    try run(
      books, .accept(submission.id, external: "x-\(submission.id)"),
      .observe(submission.id, succeeded))
  }

  static func run(_ books: Books, _ actions: Action...) throws {
    for action in actions { _ = try books.append(Command(action, actor: .cli, by: "tester")) }
  }

  /// Files below `directory` with the word in any of their bytes.
  static func places(in directory: String) throws -> [String] {
    try FileSystem.list(directory).flatMap { name in
      let path = directory + "/" + name
      if try FileSystem.status(path)?.isDirectory == true { return try places(in: path) }
      let bytes = try FileSystem.read(path, limit: 1 << 28) ?? []
      return holds(bytes) ? [path] : []
    }
  }

  private static func holds(_ bytes: [UInt8]) -> Bool {
    let word = Array(word.utf8)
    var start = 0
    while let index = bytes[start...].firstIndex(of: word[0]) {
      if bytes[index...].starts(with: word) { return true }
      start = index + 1
    }
    return false
  }
}
