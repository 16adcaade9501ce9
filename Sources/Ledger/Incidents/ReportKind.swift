// What a client's report says, whatever word its app has for it.

/// The meaning of `job.client_reported`.
enum ReportKind: Sendable {
  /// It was told of an error while the job went its way: "Network error".
  case gaveUp
  /// It lost sight of the job; most find it again by themselves.
  case lostSight
  /// It waits for a result that it has not got.
  case waiting
  /// It has shown the result.
  case seen
  case other

  init(_ word: String) {
    let word = word.lowercased().replacing("-", with: "_")
    switch word {
    case "network_error", "timeout", "timed_out", "post_failed", "fetch_failed", "gateway_timeout",
      "request_failed":
      self = .gaveUp
    case "connection_lost", "disconnected", "offline": self = .lostSight
    case "still_waiting", "waiting", "no_result", "not_received", "result_missing": self = .waiting
    case "seen", "shown", "received": self = .seen
    default: self = .other
    }
  }
}
