// Why there is no stream, and whether asking again could help. Pure.

import HTTP
import Ledger
import Providers
import Wire

/// The end of an attempt to open a stream.
struct StreamEnd: Equatable {
  let replyClass: ReplyClass
  /// For the log; nil: nothing worth it.
  let why: String?
  /// Asking again mends nothing.
  let isFinal: Bool

  init(
    _ result: Result<HTTPResponse, HTTPError>, _ refusal: String?, _ profile: Profile,
    _ context: RequestContext
  ) {
    switch result {
    case .success(let response):
      let reading = profile.read(.stream, Reply(response), for: context)
      replyClass = reading.replyClass == .ok ? .permanent : reading.replyClass
      isFinal = !reading.isTransient
      // The job is new to its provider: not there yet is no refusal.
      why = response.status == 404 && !isFinal ? nil : "HTTP \(response.status)"
    case .failure(let error):
      let permanent: Set<HTTPError.Kind> = [
        .malformedURL, .malformedRequest, .addressRefused, .tls, .stopped,
      ]
      isFinal = permanent.contains(error.kind)
      replyClass = isFinal ? .permanent : .transient
      // A provider that does not answer at all is the polls' to tell.
      why = refusal ?? (isFinal || error.kind == .malformedReply ? error.message : nil)
    }
  }
}

extension RequestError {
  /// The job's provider named no stream, or the handle lacks what its URL is made of.
  var isWithoutStream: Bool {
    switch self {
    case .handleIncomplete, .noSuchPhase, .unsupportedModel: true
    default: false
    }
  }
}
