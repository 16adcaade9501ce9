// A bit flipped, everything asked, the bit put back, thousands of times in one process: what F7
// asks of the programs, so quickly that it can be asked of every byte.

import Glibc
import Ledger
import Posix
import Wire

extension Torture {
  /// Reads `FILE OFFSET BIT` lines from standard input and flips that bit of the home. Answers each
  /// with one line: `seen` (verify is not content), `same` (it is, every answer is the one given
  /// before, and what is written then is sound), or `doubt WORDS`: for the programs to look at.
  static func flips(_ home: Home) throws {
    let images = try FileImage.all(of: home.path)
    let answers = questions(of: home)
    guard case .success = answers[0], try isVerified(home) else {
      throw BooksError.damaged("before anything was flipped", position: nil)
    }
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 3, let image = images.first(where: { $0.name == words[0] }),
        let offset = Int(words[1]), let bit = UInt8(words[2]), offset < image.bytes.count
      else { exit(64) }
      do {
        try FileImage.restore(home.path, images, flipping: (image.name, offset, bit))
        var doubt: String?
        let isSeen = try judged(home, answers, isView: image.name.hasPrefix("views"), &doubt)
        if image.name.hasPrefix("views"), doubt == nil {
          try FileImage.restore(home.path, images, flipping: (image.name, offset, bit))
          doubt = try unmended(home, answers)
        }
        if let doubt { tell(doubt) } else { say(isSeen ? "seen" : "same") }
      } catch {
        tell("\(error)")
      }
    }
  }

  private static func tell(_ doubt: String) {
    say("doubt " + doubt.split(separator: "\n").joined(separator: " "))
  }

  /// Whether verify sees it. In `doubt`, what else was not as it should be.
  private static func judged(
    _ home: Home, _ answers: [Answer], isView: Bool, _ doubt: inout String?
  ) throws -> Bool {
    let isSeen = try !isVerified(home)
    for (answer, found) in zip(answers, questions(of: home)) {
      switch found {
      case .success: if found != answer, !(isSeen && isView) { doubt = "answers otherwise" }
      case .failure(.damaged): if !isSeen { doubt = "\(found), and verify says ok" }
      case .failure: doubt = "\(found)"
      }
    }
    guard !isSeen, doubt == nil else { return isSeen }
    // Reading is not all: what verify calls ok can be written to, and stays ok.
    let submission = Submission(
      id: "after", account: "acme", provider: "replicate", hold: Credits(micros: 1), input: [:])
    _ = try Books(home).append(Command(.submit(submission), actor: .cli))
    if try !isVerified(home) { doubt = "verify says ok, and not after an append" }
    return isSeen
  }

  /// The log is whole: replay is the way out, and where reading the views ended it, the second one.
  private static func unmended(_ home: Home, _ answers: [Answer]) throws -> String? {
    do throws(BooksError) {
      _ = try Books(home).replay(.swap)
    } catch {
      guard case .damaged = error else { throw error }
      _ = try Books(home).replay(.swap)
    }
    if questions(of: home) != answers { return "answers otherwise after replay" }
    return try isVerified(home) ? nil : "verify is not content after replay"
  }

  private static func isVerified(_ home: Home) throws -> Bool {
    var verification = Verification(home) { _ in }
    _ = try verification.run()
    return verification.isOK
  }

  private typealias Answer = Result<[String], BooksError>

  /// Every event, every job, what an account has, and one job's events.
  private static func questions(of home: Home) -> [Answer] {
    let now = Timestamp(microseconds: Clock.wallMicroseconds())
    // Opened anew for each, as every command does.
    func ask(_ question: (inout Snapshot) throws -> [String]) -> Answer {
      Result { try Books(home).read(question) }.mapError { BooksError($0) }
    }
    func events(of filter: EventFilter) -> Answer {
      ask { snapshot in
        let page = try snapshot.page(after: 0, filter)
        return try page.events.map { try snapshot.json($0).text }
      }
    }
    return [
      events(of: EventFilter()),
      ask { snapshot in
        try snapshot.jobs(Selector(), after: 0).compactMap { number in
          guard case .object(var status)? = try snapshot.status(number, now: now)?.json else {
            return nil
          }
          // Found out anew whenever somebody asks: how long a job waits, and for what.
          status["diagnoses"] = nil
          status["waiting_for"] = nil
          return JSON.object(status).text
        }
      },
      ask { [try $0.accountStatus("acme")?.json.text ?? ""] },
      events(of: EventFilter(job: "j1")),
    ]
  }
}
