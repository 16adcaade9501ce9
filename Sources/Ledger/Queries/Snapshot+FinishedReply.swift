// The answer that said a job is finished: some providers name the result's place only there.

package import Wire

extension Snapshot {
  /// How far back it is looked for, events: it is the last answer, or nearly so.
  private static let lookBackMax = 32

  /// The newest status answer of the current step after which the result was to be fetched; nil
  /// when there is none, or when it was erased.
  package mutating func finishedReply(of details: JobDetails) throws -> JSON? {
    var position = details.job.answer
    for _ in 0..<Snapshot.lookBackMax {
      guard let event = try log.event(at: position) else { return nil }
      if case .jobPolled(let body) = event.event, body.nextRequest == .result,
        body.request ?? .status == .status, event.envelope.step == UInt64(details.job.step)
      {
        return try body.reply.flatMap { try json($0) }
      }
      position = event.header.previous
    }
    return nil
  }
}
