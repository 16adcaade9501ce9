// Who has been told of a job, and what a client says it saw: evidence for "I never got it", in any
// state. Moves no money and changes no state.

package import Wire

/// Somebody outside was told of the job, or could not be.
package struct Delivery: Sendable, Equatable {
  package var channel: Channel
  /// Who: a hook's name, a client's id.
  package var consumer: String?
  /// Last position they have.
  package var through: Position?
  /// What went wrong; nil: they have it.
  package var failure: Exchange?

  package init(
    channel: Channel, consumer: String? = nil, through: Position? = nil, failure: Exchange? = nil
  ) {
    self.channel = channel
    self.consumer = consumer
    self.through = through
    self.failure = failure
  }
}

/// What a client says it saw.
package struct ClientReport: Sendable, Equatable {
  /// e.g. `network_error`, `closed`, `seen`.
  package var kind: String
  /// Its own words.
  package var words: JSON?

  package init(kind: String, words: JSON? = nil) {
    self.kind = kind
    self.words = words
  }
}

extension Delivery {
  var step: JobStep {
    guard let failure else {
      return .event(
        .jobDelivered(JobDelivered(channel: channel, consumer: consumer, through: through)))
    }
    return .event(
      .jobDeliveryFailed(
        JobDeliveryFailed(
          channel: channel, consumer: consumer, httpStatus: failure.httpStatus,
          fault: failure.fault, message: failure.message.map { BlobReference($0) })))
  }
}

extension ClientReport {
  var step: JobStep {
    .event(
      .jobClientReported(JobClientReported(kind: kind, report: words.map { BlobReference($0) })))
  }
}
