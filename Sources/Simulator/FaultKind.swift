// Everything that can go wrong between a client and a provider, kind by kind. A new kind is a case
// here, one line in its group and what it does in `FaultVerdict` or `Mangle`.

/// A kind of fault; its raw value is its word in `--fault`.
package enum FaultKind: String, Sendable, CaseIterable {
  // Not processed; answered with a refusal or with nonsense.
  case unavailable = "STATUS"
  case throttled = "429"
  case throttledUntil = "429-date"
  case unauthenticated = "401"
  case insufficientCredit = "402"
  case forbidden = "403"
  case conflict = "409"
  case gone = "410"
  case missing = "404"
  case flapping = "flap"
  case html
  case empty
  case redirect
  case notHTTP = "not-http"
  case badChunk = "bad-chunk"
  case dropBefore = "drop-before"
  case resetBefore = "reset"
  case stall

  // Processed; the answer comes late, in part, too long or not at all.
  case dropAfter = "drop-after"
  case timedOutAfter = "504-after"
  case delay
  case half
  case drip
  case endless
  case tooLong = "too-long"
  case gzip
  case hugeHeader = "huge-header"
  case manyHeaders = "many-headers"

  // Processed; the answer is whole and wrong.
  case wrongType = "wrong-type"
  case wrongID = "wrong-id"
  case noID = "no-id"
  case unknownWord = "word"
  case noOutput = "no-output"
  case cutJSON = "cut-json"
  case notUTF8 = "not-utf8"
  case twoMembers = "two-members"
  case deepJSON = "deep-json"
  case hugeNumber = "huge-number"
  case null
  case list
  case controls
  case errorInside = "error-inside"
  case stale

  // The job itself.
  case rerun
  case regret
  case deaf

  // A stream of events.
  case cut
  case silent

  // A message to a webhook.
  case lost
  case twice
  case reorder
  case forged
  case outdated

  // The certificate, for the whole run.
  case unknownAuthority = "tls-authority"
  case wrongHost = "tls-host"
  case expired = "tls-expired"

  /// Which requests it strikes when the specification does not say; nil: all.
  var usualPhase: Phase? {
    switch self {
    case .insufficientCredit, .rerun, .regret: .submit
    case .missing, .flapping, .stale, .unknownWord, .noOutput, .wrongID: .status
    case .deaf: .cancel
    case .cut, .silent: .stream
    case .lost, .twice, .reorder, .forged, .outdated: .webhook
    default: nil
    }
  }

  /// Where alone it means something; nil: anywhere but `webhook`.
  var onlyPhases: [Phase]? {
    switch self {
    case .missing, .flapping: [.status, .cancel, .result, .stream]
    case .rerun, .regret: [.submit]
    case .deaf: [.cancel]
    case .stale: [.status]
    case .cut, .silent: [.stream]
    case .delay: Phase.allCases
    case .lost, .twice, .reorder, .forged, .outdated: [.webhook]
    case .unknownAuthority, .wrongHost, .expired: []
    default: nil
    }
  }

  /// The number after the probability.
  struct Argument {
    let name: String
    let bounds: ClosedRange<Double>
    /// In its place when it is left out; NaN: it must be there. Nil: it may be missing.
    let standard: Double?
    var isWhole = false
  }

  var argument: Argument? {
    switch self {
    // Retry-After has no fractions (RFC 9110 §10.2.3).
    case .throttled, .throttledUntil:
      Argument(name: "Retry-After", bounds: 0...86_400, standard: nil, isWhole: true)
    case .delay, .missing: Argument(name: "seconds", bounds: 0...86_400, standard: .nan)
    case .drip: Argument(name: "seconds", bounds: 0...86_400, standard: 1)
    case .cut: Argument(name: "events", bounds: 0...1000, standard: 1, isWhole: true)
    default: nil
    }
  }

  /// Whether it is about the port's certificate and not about a request.
  var isOfCertificate: Bool { onlyPhases == [] }
}
