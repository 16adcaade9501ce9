// What an option's or operand's value must look like. Checked while parsing, so that a wrong value
// is refused before anything is opened or written.

/// The shape of a value.
package enum ValueKind: Sendable, Equatable {
  /// Any text up to `valueBytesMax`.
  case text
  /// An id or key: `[A-Za-z0-9._:-]{1,128}`.
  case identifier
  /// An account id: an identifier that may also hold `@` and `/`.
  case account
  /// A decimal integer within bounds.
  case integer(ClosedRange<Int>)
  /// Credits, zero or more, exact, with up to 6 decimals.
  case credits
  /// Credits with an optional minus sign.
  case signedCredits
  /// `250ms`, `90s`, `5m`, `12h`, `7d`.
  case duration
  /// RFC 3339, a date (midnight UTC), or a duration: that long ago.
  case time
  /// The same, but a duration means from now on.
  case futureTime
  /// A log position, or what `time` accepts.
  case positionOrTime
  /// A file or folder; `placeholder` says which. `-` is up to the command.
  case path
  /// An absolute http or https URL.
  case url
  /// One JSON value.
  case json
  /// `KEY=VALUE`.
  case pair
  /// `/POINTER=FILE`: a JSON Pointer (RFC 6901) and a path.
  case attachment
  /// Words separated by commas.
  case list
  /// `N/M`: step N of M, from 1.
  case step
  /// One of these words.
  case choice([String])

  /// Longest value accepted, bytes. The kernel's own limit for one argument is 128 KiB
  /// (execve(2), MAX_ARG_STRLEN).
  package static let valueBytesMax = 128 << 10
  /// Longest id, key or account, bytes.
  package static let identifierBytesMax = 128
  /// Most steps a job can have.
  package static let stepsMax = 1000
}

extension ValueKind {
  /// What stands for the value in usage lines when the declaration does not say.
  var placeholder: String {
    switch self {
    case .text: "TEXT"
    case .identifier: "ID"
    case .account: "ACCOUNT"
    case .integer: "N"
    case .credits, .signedCredits: "CREDITS"
    case .duration: "DUR"
    case .time, .futureTime: "T"
    case .positionOrTime: "POS|TIME"
    case .path: "FILE"
    case .url: "URL"
    case .json: "JSON"
    case .pair: "K=V"
    case .attachment: "/POINTER=FILE"
    case .list: "WORD,..."
    case .step: "N/M"
    case .choice(let words): words.joined(separator: "|")
    }
  }

  /// Completes the sentence "--x expects ...".
  var expectation: String {
    switch self {
    case .text: "a text of at most \(ValueKind.valueBytesMax) bytes"
    case .identifier: "1 to 128 of A-Z a-z 0-9 . _ : -"
    case .account: "1 to 128 of A-Z a-z 0-9 . _ : - @ /"
    case .integer(let range):
      switch (range.lowerBound, range.upperBound) {
      case (Int.min, Int.max): "an integer"
      case (let low, Int.max): "an integer from \(low) up"
      case (let low, let high): "an integer from \(low) to \(high)"
      }
    case .credits: "credits, zero or more, with up to 6 decimals"
    case .signedCredits: "credits with up to 6 decimals"
    case .duration: "a duration in ms, s, m, h or d"
    case .time: "an RFC 3339 time, a date, or how long ago"
    case .futureTime: "an RFC 3339 time, a date, or how long from now"
    case .positionOrTime: "a log position, an RFC 3339 time, a date, or how long ago"
    case .path: "a path"
    case .url: "an http or https URL"
    case .json: "one JSON value"
    case .pair: "KEY=VALUE"
    case .attachment: "a JSON pointer, =, and a path"
    case .list: "words separated by commas"
    case .step: "N/M with N from 1 to M"
    case .choice(let words): words.joined(separator: " or ")
    }
  }

  /// A value that is right, to show beside a wrong one.
  var example: String {
    switch self {
    case .text: "words"
    case .identifier: "job-42"
    case .account: "acme"
    case .integer(let range): String(range.contains(10) ? 10 : range.lowerBound)
    case .credits: "27.5"
    case .signedCredits: "-5"
    case .duration: "90s"
    case .time: "7d"
    case .futureTime: "90d"
    case .positionOrTime: "1200"
    case .path: "file.json"
    case .url: "https://example.com/hook"
    case .json: #"'{"prompt":"a cat"}'"#
    case .pair: "user=42"
    case .attachment: "/image_url=photo.jpg"
    case .list: "succeeded,failed"
    case .step: "2/2"
    case .choice(let words): words.first ?? ""
    }
  }

  /// False where a wrong value may hold what should not be shown again, such as a URL's token.
  var isEchoed: Bool {
    switch self {
    case .url, .json, .text, .attachment, .pair: false
    default: true
    }
  }
}
