// A short life of a home, to be written down call by call and cut off anywhere (F3, F6).

import Glibc
import Ledger
import Wire

extension Torture {
  /// Makes a home, appends, replays, appends, signs a checkpoint into `file`, appends. Says what is
  /// acknowledged when it is.
  static func power(_ home: Home, checkpoint file: String) throws {
    try Books.create(home, program: "torture", by: nil)
    say("created")
    var books = try Books(home)
    try live(books, "a", 4)
    _ = try books.replay(.swap)
    try live(books, "b", 2)
    let signed = try books.signCheckpoint(actor: .cli, by: nil)
    try keep(signed.checkpoint.json.bytes, in: file)
    say("signed " + acknowledgement(signed.receipt).dropFirst("ack ".count))
    try live(books, "c", 2)
    books = try Books(home)  // closed and opened again
    try live(books, "d", 2)
  }

  private static func live(_ books: Books, _ name: String, _ count: Int) throws {
    for number in 1...count {
      for commands in batches("\(name)-\(number)", number) {
        for result in try books.append(commands) { say(acknowledgement(try result.get())) }
      }
    }
  }

  /// The checkpoint is kept elsewhere: not below the home, and on a disk that does not fail.
  private static func keep(_ bytes: [UInt8], in file: String) throws {
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0, write(descriptor, bytes, bytes.count) == bytes.count else {
      say("error the checkpoint could not be kept")
      exit(2)
    }
    close(descriptor)
  }
}
