// What a provider says of a job while it runs, passed on as it comes: a line for whoever watches,
// not an event. What is kept is folded into the job's events.

package import Wire

/// One line about a job.
package struct LiveLine: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// Log lines of the provider's.
    case log
    /// What the provider says it is doing.
    case stage
    /// The share done, a decimal from 0 to 1.
    case progress
  }

  /// The longest text of a line, bytes; longer ones become several.
  package static let textBytesMax = 4 << 10

  /// The job's text id.
  package var job: String
  package var kind: Kind
  package var text: String
  package var at: Timestamp

  package init(job: String, _ kind: Kind, _ text: String, at: Timestamp) {
    self.job = job
    self.kind = kind
    self.text = text
    self.at = at
  }

  /// `{"live":true,"job","kind","text","at"}`: never a position, for it is no event.
  package var json: JSON {
    [
      "live": true, "job": .string(job), "kind": .string(kind.rawValue), "text": .string(text),
      "at": .string(at.description),
    ]
  }

  /// Nil for what is no line: another version's, or damage.
  init?(_ json: JSON) {
    guard let job = json["job"]?.string, let text = json["text"]?.string,
      let kind = json["kind"]?.string.flatMap(Kind.init(rawValue:)),
      let at = json["at"]?.string.flatMap({ Timestamp($0) })
    else { return nil }
    self.init(job: job, kind, text, at: at)
  }

  /// This line in pieces of at most `textBytesMax` bytes, cut between characters.
  var pieces: [LiveLine] {
    guard text.utf8.count > LiveLine.textBytesMax else { return [self] }
    var pieces: [LiveLine] = []
    var piece = ""
    for character in text {
      if piece.utf8.count + character.utf8.count > LiveLine.textBytesMax, !piece.isEmpty {
        pieces.append(LiveLine(job: job, kind, piece, at: at))
        piece = ""
      }
      piece.append(character)
    }
    return pieces + [LiveLine(job: job, kind, piece, at: at)]
  }
}
