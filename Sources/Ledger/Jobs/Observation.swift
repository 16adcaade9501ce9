// What a poll, a stream message or a webhook told us about a job.

package import Wire

/// One reading of a provider's word, with what the profile says it means for us.
package struct Observation: Sendable, Equatable {
  /// Where it came from.
  package enum Source: Sendable, Equatable {
    case poll(PollRequest)
    case notification(Channel, id: String?, verified: Bool)
  }

  /// A place where an output can be fetched.
  package struct Output: Sendable, Equatable {
    package var url: String
    package var mediaType: String?
    /// Fetching it needs the provider's credentials.
    package var needsAuth: Bool
    /// When the provider removes it, by its own word: RFC 3339 or Unix seconds, as written.
    package var expiresAt: String?

    package init(
      url: String, mediaType: String? = nil, needsAuth: Bool = false, expiresAt: String? = nil
    ) {
      self.url = url
      self.mediaType = mediaType
      self.needsAuth = needsAuth
      self.expiresAt = expiresAt
    }
  }

  package var source: Source
  /// Which step it is about, from 0; nil: the current one. What is said of an earlier step is
  /// written down and changes nothing.
  package var step: UInt64?
  package var exchange: Exchange
  /// The provider's status word as written.
  package var word: String?
  package var replyClass: ReplyClass
  package var reading: Reading
  /// Why it failed, when it did.
  package var failureClass: FailureClass?
  /// The profile charges the customer for this failure (`charge_customer`).
  package var chargesCustomer = false
  /// The profile charges a completed step even if a later one fails (`charge_completed_steps`).
  package var chargesCompletedStep = false
  package var outputs: [Output] = []
  /// The price the reply reports, in our credits (`charge: reported`).
  package var charge: Credits?
  /// Share done, millionths.
  package var fraction: UInt64?
  package var stage: String?
  package var queuePlace: UInt64?
  /// When to look again, should this be no verdict.
  package var nextAt: Timestamp?
  /// What to ask then, when it is not the status.
  package var nextRequest: PollRequest?

  package init(
    source: Source, exchange: Exchange = Exchange(), word: String? = nil,
    replyClass: ReplyClass = .ok, reading: Reading, nextAt: Timestamp? = nil
  ) {
    self.source = source
    self.exchange = exchange
    self.word = word
    self.replyClass = replyClass
    self.reading = reading
    self.nextAt = nextAt
  }

  /// `[{"url","media_type"}, ...]`: how outputs are kept.
  var outputList: BlobReference {
    BlobReference(.array(outputs.prefix(Limits.outputs).map(\.json)))
  }
}
