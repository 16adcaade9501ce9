// What a provider tells of a job by itself, on a stream of server-sent events: which messages are a
// status, which only news, which ask for a look.

import Ledger
import Wire

/// The profile's section `stream`.
package struct StreamRule: Sendable, Equatable {
  /// What tells messages apart.
  enum Key: Sendable, Equatable {
    /// The event's name.
    case event
    /// A text in the message.
    case pointer(PointerList)
  }

  var key = Key.event
  /// The first that fits wins; a message that fits none is passed over.
  var messages: [MessageRule] = []
  /// The stream stands under the status URL, at this path behind it.
  var afterStatus: String?
  /// In place of the profile's own: browsers cannot send headers on a stream, so providers take
  /// tokens in the query.
  var auth: AuthRule?
  /// A stream that is silent for longer is dead, seconds.
  package var heartbeatSeconds = 60
}

/// One kind of message.
struct MessageRule: Sendable, Equatable {
  /// What a message is to us.
  enum Kind: String, Sendable, CaseIterable {
    /// A status object, read like the reply to a status request.
    case status
    /// Progress, a stage, log lines; nothing about the end.
    case news
    /// Something happened: ask at once.
    case look
    /// The stream has said all: ask at once, and do not connect again.
    case end
    case ignore
  }

  /// Names it is for; empty: every message.
  var names: Set<String> = []
  var kind = Kind.ignore
  /// The data is text as it stands, not JSON.
  var isText = false
  /// Where in the message the status object is.
  var at = PointerList([])
  /// In place of the profile's own.
  var log: LogRule?
  var stage: PointerList?
  var progress: [ProgressRule]?
}

/// Where log lines are.
struct LogRule: Sendable, Equatable {
  /// Texts, joined by line feeds.
  var pointers = PointerList([])
  /// Each text holds all lines from the beginning, not only the new ones.
  var isCumulative = false

  func read(_ json: JSON) -> LogText? {
    let text = pointers.values(in: json).compactMap(\.plainText).joined(separator: "\n")
    return text.isEmpty ? nil : LogText(text: text, isCumulative: isCumulative)
  }
}

extension MessageRule.Kind: ProfileWord {}

/// Log lines of a reply or a message.
package struct LogText: Sendable, Equatable {
  package let text: String
  /// All lines from the beginning, not only the new ones.
  package let isCumulative: Bool

  package init(text: String, isCumulative: Bool) {
    self.text = text
    self.isCumulative = isCumulative
  }
}
