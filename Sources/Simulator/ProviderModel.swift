// The seam between the simulator and one provider: a table of routes and the provider's way of
// saying no. A new provider is one conforming type and one line in `Door.providers`.
import Wire

/// What a request is for; faults can be limited to one.
package enum Phase: String, Sendable, CaseIterable {
  case submit, status, result, cancel, list, output, stream, webhook
}

/// A refusal that every provider words in its own way.
enum Refusal: Sendable {
  case unauthenticated
  case insufficientCredit
  case notFound
  case invalid(field: String, reason: String)
  case tooLarge
  case throttled(retryAfterSeconds: Int?)
  /// A failure of the provider's own: 408 or 500 to 599.
  case unavailable(status: Int)
}

/// One simulated provider.
protocol ProviderModel: Sendable {
  var name: String { get }
  var routes: [Route] { get }
  /// The first segment of all its paths, for unknown ones.
  var root: String { get }
  /// Whether its models are its paths: then no other provider can share a port with it.
  var takesEveryPath: Bool { get }
  /// What its job ids look like.
  var ids: JobID { get }
  /// Where its replies say what clients live by.
  var fields: FieldNames { get }
  /// How long its outputs can be fetched after a job's end.
  var outputLifeSeconds: Double { get }
  /// What the provider takes for one job: two submits with equal identities ask for the same work.
  func identity(of submit: Request) -> String
  func refuse(_ refusal: Refusal) -> Reply
  /// Whether the provider bills the time a job worked that ended so.
  func bills(_ outcome: Outcome) -> Bool
  /// What a billed job costs where the provider bills in credits; 0 where it bills time.
  func microcredits(for job: SimulatedJob) -> Int64
  /// The provider's own word for a state.
  func word(for state: SimulatedJob.State) -> String
}

extension ProviderModel {
  var takesEveryPath: Bool { false }
  var ids: JobID { .uuid }
  func microcredits(for job: SimulatedJob) -> Int64 { 0 }

  /// The bytes behind an output's URL, as long as they are kept.
  func outputFile(_ id: Substring, _ file: Substring, _ world: World) -> Reply? {
    guard let index = world.index(of: String(id), provider: name) else { return nil }
    let job = world.jobs[index]
    let lifeSeconds =
      world.options.outputLifeSeconds ?? job.outputLifeSeconds ?? outputLifeSeconds
    guard job.state(at: world.now) == .ended(.succeeded),
      Double(world.now - job.endsAt) < lifeSeconds * 1e6
    else { return nil }
    return OutputFile.reply(job: job.id, file: file)
  }
}
