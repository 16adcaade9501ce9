// The providers behind one lock: a request goes in, an answer comes out, and everything is counted.
import Synchronization
import Wire

/// Routes requests to recordings, faults and providers.
final class Engine: Sendable {
  private let clock: SimulatorClock
  private let world: Mutex<World>
  /// Every provider's address, for whoever asks.
  private let directory: JSON

  init(options: SimulatorOptions, clock: SimulatorClock, address: String, directory: JSON) {
    self.clock = clock
    self.directory = directory
    world = Mutex(World(options: options, epoch: clock.epoch, address: address))
  }

  /// Answers a request that arrived whole; `isCut` when its body was longer than allowed.
  func answer(_ request: Request, at door: Door, isCut: Bool = false) -> Answer {
    withWorld(at: door) { world in
      if request.segments.first == "_simulator" {
        return .reply(Control.reply(to: request, directory: directory, in: world))
      }
      return answer(request, door, isCut: isCut, &world)
    }
  }

  /// Looks again at an answer that waits.
  func again(at door: Door, _ look: @Sendable (inout World) -> Answer) -> Answer {
    withWorld(at: door) { look(&$0) }
  }

  /// A client closed the connection while its answer was held back. Its job does not care.
  func noteLeft() { world.withLock { $0.tally.noteLeft() } }

  /// Raised whenever a job's end moved.
  var changes: Int { world.withLock { $0.changes } }

  /// The counts, as `GET /_simulator/stats` gives them.
  func stats() -> JSON {
    world.withLock { world in
      world.now = clock.elapsedMicroseconds
      return Control.stats(in: world)
    }
  }

  /// The world now, as it is seen through a door.
  private func withWorld<Result: Sendable>(
    at door: Door, _ body: (inout World) -> Result
  ) -> Result {
    world.withLock { world in
      world.now = clock.elapsedMicroseconds
      world.address = door.address
      return body(&world)
    }
  }

  private func answer(
    _ request: Request, _ door: Door, isCut: Bool, _ world: inout World
  ) -> Answer {
    let (known, captures) = door.find(request)
    let provider = known?.provider ?? door.owner(of: request)
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
      if let played = world.player.reply(to: request, address: door.address) {
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
}
