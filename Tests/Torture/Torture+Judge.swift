// Is everything that was acknowledged there, identical? Asked of thousands of homes by one process.

import Glibc
import Ledger
import Wire

extension Torture {
  /// Reads `HOME COUNT [CHECKPOINT]` lines from standard input: the first COUNT acknowledgements of
  /// `file` must be there. Answers each with one line: `fine END`, `none` (no home),
  /// `missing POSITION`, `changed POSITION`, `damaged WORDS`, `error WORDS`.
  static func judge(lines file: String) {
    let acknowledged = text(of: file).split(separator: "\n").map { line in
      let words = line.split(separator: " ")
      return (position: Position(words[0]) ?? 0, hash: String(words[1]))
    }
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count >= 2, let count = Int(words[1]) else { exit(64) }
      do {
        say(
          try verdict(
            on: Home(words[0]), acknowledged[..<count],
            words.count > 2 ? Checkpoint(Array(text(of: words[2]).utf8)) : nil))
      } catch BooksError.notInitialised {
        say("none")
      } catch BooksError.damaged(let what, _) {
        say("damaged \(what)")
      } catch {
        say("error \(error)")
      }
    }
  }

  private static func verdict(
    on home: Home, _ acknowledged: ArraySlice<(position: Position, hash: String)>,
    _ checkpoint: Checkpoint?
  ) throws -> String {
    let trusted = checkpoint.map { CheckpointCheck($0, trusted: $0.publicKey) }
    let books = try Books(home)
    // What an opening program does next: it appends.
    let grant = Grant(account: "after", amount: Credits(micros: 1))
    let receipt = try books.append(Command(.grant(grant), actor: .cli))
    var failed: [String] = []
    var verification = Verification(home, against: trusted) { check in
      if !check.isOK { failed.append("\(check.name): \(check.detail)") }
    }
    let end = try verification.run()
    if let first = failed.first { return "damaged \(first)" }
    let wrong: String? = try books.read { books in
      for (position, hash) in acknowledged {
        guard let found = try books.log.hash(at: position),
          position <= end - UInt64(receipt.events.count)
        else { return "missing \(position)" }
        if Hex.text(found.bytes) != hash { return "changed \(position)" }
      }
      return nil
    }
    return wrong ?? "fine \(end)"
  }

  /// The whole of a small file.
  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 {
      bytes += chunk[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
