// What the poller has under way: requests that left, and commands that wait for the next commit.

import HTTP
import Ledger
import Providers
import Wire

/// A request and what is needed to understand its answer.
struct Flight {
  let job: SubjectNumber
  let id: String
  /// As the job names it.
  let provider: String
  let phase: RequestPhase
  let profile: Profile
  /// Without the input: a reply is read without it.
  let context: RequestContext
  /// The hold's end has come: short of a verdict the job expires.
  let isLast: Bool
  /// Whether a cancel was asked for before this left.
  let knowsCancel: Bool
  /// What a look through the provider's list has shown so far.
  var search: Search?

  /// Which step of the job it is about, from 0.
  var step: UInt64 { UInt64(context.step - 1) }

  var isSubmit: Bool { phase == .submit }

  func reading(_ result: Result<HTTPResponse, HTTPError>) -> ReplyReading {
    switch result {
    case .success(let response): profile.read(phase, Reply(response), for: context)
    case .failure(let error):
      profile.readNoReply(phase, wasSent: !error.nothingWasSent, for: context)
    }
  }
}

/// A request ready to leave.
struct Departure {
  let flight: Flight
  let request: HTTPRequest
}

/// A command that waits for the next commit.
struct Entry {
  let job: SubjectNumber
  let id: String
  let command: JobCommand
  /// Made from an answer, which comes only once: kept until it is written. What is not an answer is
  /// decided again when it could not be written.
  var isAnswer = false
  /// Tried when the books refuse the command.
  var otherwise: JobCommand?
  /// Leaves once this is durable.
  var departure: Departure?
  /// An output whose attempt begins once this is durable, or which is in the store.
  var saving: Saving?
  /// What is over for the job with this command.
  var ends: Errand?
}

/// What can be under way for one job; the first two at once where a submit blocks and our own id is
/// polled.
enum Errand {
  case submit, ask, save
}
