// What happened between us and the provider, in one sentence; and where the credits are.

/// A job's way, as its status tells it.
struct StorySoFar {
  private let status: JobStatus

  init(_ status: JobStatus) { self.status = status }

  var sentence: String {
    var parts = [submitted]
    if status.steps > 1 { parts.append("step \(status.step + 1) of \(status.steps)") }
    parts.append(
      status.externalID.map { "\(status.provider) knows it as \($0)" }
        ?? "\(status.provider) has given no id")
    parts.append("asked \(status.polls) \(status.polls == 1 ? "time" : "times")")
    parts.append(state)
    return parts.joined(separator: "; ")
  }

  private var submitted: String {
    status.submittedAt.map { "handed in at \(Waiting.text($0))" } ?? "handed in"
  }

  private var state: String {
    let since = status.updatedAt.map { " since \(Waiting.text($0))" } ?? ""
    guard let error = status.error else { return "\(status.state.name)\(since)" }
    let message = error.message.map { ": \($0)" } ?? ""
    return "\(status.state.name)\(since), \(error.failureClass.name)\(message)"
  }
}

/// Where a job's credits are.
struct MoneySentence {
  let text: String

  init(_ status: JobStatus) {
    let sums: [(Credits, String)] = [
      (status.held, "held"), (status.captured, "captured"), (status.released, "released"),
      (status.refunded, "refunded"),
    ]
    let told = sums.filter { $0.0 > .zero }.map { "\($0.0) \($0.1)" }
    text = told.isEmpty ? "no credits are involved" : told.joined(separator: ", ")
  }
}
