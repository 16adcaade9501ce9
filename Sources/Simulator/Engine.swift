// The providers behind one lock: a request goes in, an answer comes out, and everything is counted.
import Synchronization
import Wire

/// Routes requests to recordings, faults and providers.
final class Engine: Sendable {
  private let providers: [any ProviderModel] = [Replicate(), SelfHosted()]
  private let routes: [(provider: any ProviderModel, route: Route)]
  private let clock: SimulatorClock
  private let world: Mutex<World>

  init(options: SimulatorOptions, clock: SimulatorClock, address: String) {
    self.clock = clock
    routes = providers.flatMap { provider in provider.routes.map { (provider, $0) } }
    world = Mutex(World(options: options, epoch: clock.epoch, address: address))
  }

  /// Answers a request that arrived whole; `isCut` when its body was longer than allowed.
  func answer(_ request: Request, isCut: Bool = false) -> Answer {
    world.withLock { world in
      world.now = clock.elapsedMicroseconds
      if request.segments.first == "_simulator" {
        return .reply(Control.reply(to: request, providers: providers, in: world))
      }
      return answer(request, isCut: isCut, &world)
    }
  }

  /// Looks again at an answer that waits.
  func again(_ look: @Sendable (inout World) -> Answer) -> Answer {
    world.withLock { world in
      world.now = clock.elapsedMicroseconds
      return look(&world)
    }
  }

  /// A client closed the connection while its answer was held back. Its job does not care.
  func noteLeft() { world.withLock { $0.tally.noteLeft() } }

  /// Raised whenever a job's end moved.
  var changes: Int { world.withLock { $0.changes } }

  /// The counts, as `GET /_simulator/stats` gives them.
  func stats() -> JSON {
    world.withLock { world in
      world.now = clock.elapsedMicroseconds
      return Control.stats(providers: providers, in: world)
    }
  }

  private func answer(_ request: Request, isCut: Bool, _ world: inout World) -> Answer {
    let (known, captures) = find(request)
    let provider = known?.provider ?? owner(of: request)
    let phase = known?.route.phase ?? (request.method == "POST" ? .submit : .status)
    let identity = phase == .submit ? provider.identity(of: request) : nil
    if let identity { world.tally.arrived(provider: provider.name, identity: identity) }
    let jobsBefore = world.jobs.count
    var recordedJobs = 0

    let verdict = FaultVerdict(
      phase: phase, request: request, provider: provider, jobID: captures.first, &world)
    var answer: Answer
    if isCut {
      answer = .reply(provider.refuse(.tooLarge))
    } else if let instead = verdict.instead {
      answer = instead
    } else {
      if let played = world.player.reply(to: request) {
        answer = .reply(played.reply)
        recordedJobs = played.createsJob ? 1 : 0
      } else if let known {
        answer = known.route.handler(request, captures, &world)
      } else {
        answer = .reply(provider.refuse(.notFound))
      }
      if verdict.dropsAfter { answer = .drop }
    }

    let status: Int? = if case .reply(let reply) = answer { reply.status } else { nil }
    if let identity {
      world.tally.settled(
        provider: provider.name, identity: identity, status: status,
        newJobs: world.jobs.count - jobsBefore + recordedJobs)
    }
    let route = known.map { "\($0.route.method) \($0.route.pattern)" } ?? "other"
    world.tally.note(route: route, status: Engine.name(of: answer))
    let delay = verdict.delayMicroseconds
    return delay > 0 ? answer.delayed(delay, now: world.now) : answer
  }

  private static func name(of answer: Answer) -> String {
    switch answer {
    case .reply(let reply): String(reply.status)
    case .drop: "dropped"
    case .wait: "held"
    }
  }

  private func find(
    _ request: Request
  ) -> (known: (provider: any ProviderModel, route: Route)?, captures: [Substring]) {
    for candidate in routes {
      if let captures = candidate.route.match(request) { return (candidate, captures) }
    }
    return (nil, [])
  }

  /// Whose manners an unknown path is refused with.
  private func owner(of request: Request) -> any ProviderModel {
    providers.first { request.segments.first == Substring($0.root) } ?? providers[0]
  }
}
