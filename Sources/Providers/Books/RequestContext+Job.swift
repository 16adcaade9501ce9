// What the books know of a job, as a profile may see it.

package import Ledger
package import Wire

extension RequestContext {
  /// - Parameters:
  ///   - input: the job's input; needed by a submit only.
  ///   - now: for the age of the handle.
  package init(_ details: JobDetails, input: JSON? = nil, now: Timestamp) {
    let handle = details.handle
    self.init(
      jobID: details.id, model: handle?.model ?? details.model, input: input,
      step: Int(details.job.step) + 1, handle: handle.map { ProviderHandle($0) } ?? .init(),
      secondsSinceDispatch: handle.map { Int(max(0, now.seconds(since: $0.since))) },
      progressBefore: details.job.fraction.map { Int($0) })
    self.now = now
  }
}

extension ProviderHandle {
  package init(_ handle: KnownHandle) {
    self.init(
      externalID: handle.externalID, statusURL: handle.urls["status"]?.string,
      resultURL: handle.urls["result"]?.string, cancelURL: handle.urls["cancel"]?.string,
      streamURL: handle.urls["stream"]?.string)
  }
}
