// The providers behind one lock: a request goes in, an answer comes out, and everything is counted.
import Synchronization
import Wire

/// Routes requests to recordings, faults and providers.
final class Engine: Sendable {
  private let clock: SimulatorClock
  private let world: Mutex<World>
  /// Every provider's address, for whoever asks.
  private let directory: JSON
  /// The incident that is played here, for whoever asks.
  private let incident: JSON?
  private let changed = Mutex<[@Sendable () -> Void]>([])

  init(
    options: SimulatorOptions, clock: SimulatorClock, address: String, directory: JSON,
    incident: JSON? = nil
  ) {
    self.clock = clock
    self.directory = directory
    self.incident = incident
    world = Mutex(World(options: options, epoch: clock.epoch, address: address))
  }

  /// Names one more who must look again when a job's end moved.
  func onChange(_ action: @escaping @Sendable () -> Void) {
    changed.withLock { $0.append(action) }
  }

  /// Answers a request that arrived whole; `isCut` when its body was longer than allowed.
  func answer(_ request: Request, at door: Door, isCut: Bool = false) -> Answer {
    let before = changes
    let answer = withWorld(at: door) { world -> Answer in
      if request.segments.first == "_simulator" {
        return .reply(
          Control.reply(to: request, directory: directory, incident: incident, in: world))
      }
      return self.answer(request, door, isCut: isCut, &world)
    }
    if changes != before { for action in changed.withLock({ $0 }) { action() } }
    return answer
  }

  /// Messages that are due, and when the next one is.
  func takeMail() -> (due: [Parcel], nextAt: Int64?) {
    world.withLock { world in
      world.now = clock.elapsedMicroseconds
      return (world.mail.take(world.now), world.mail.nextAt)
    }
  }

  /// When the next message is due; nil: none is on its way.
  var mailAt: Int64? { world.withLock { $0.mail.nextAt } }

  /// The request that carries a message, and how long its receiver may take, seconds.
  func letter(
    _ parcel: Parcel
  ) -> (url: String, headers: [(String, String)], body: [UInt8], patience: Double)? {
    world.withLock { world in
      world.now = clock.elapsedMicroseconds
      guard let letter = world.letter(parcel) else { return nil }
      // Sent again, it is the same message.
      if parcel.tries == 0 {
        let job = world.jobs[parcel.job]
        world.sent.keep(
          SentMessage(
            provider: job.provider, job: job.id, kind: parcel.kind, url: letter.url,
            headers: letter.headers, body: letter.body))
      }
      return (letter.url, letter.headers, letter.body, world.patienceSeconds(parcel))
    }
  }

  /// What became of a message; `status` is nil when nobody answered.
  func settle(_ parcel: Parcel, status: Int?) {
    world.withLock { world in
      world.now = clock.elapsedMicroseconds
      world.settle(parcel, status: status)
    }
  }

  /// A message was for another machine: it is not sent.
  func noteElsewhere(_ parcel: Parcel) {
    world.withLock { $0.mail.note($0.jobs[parcel.job].provider, "elsewhere") }
  }

  /// Nothing goes wrong any more.
  func calm() { world.withLock { $0.calm() } }

  /// How a job ended; nil while it has not, or when there is none of this id.
  func outcome(of id: String) -> Outcome? {
    world.withLock { world in
      world.now = clock.elapsedMicroseconds
      guard let job = world.jobs.first(where: { $0.id == id }),
        case .ended(let outcome) = job.state(at: world.now)
      else { return nil }
      return outcome
    }
  }

  /// `whsec_...`, for receivers.
  var webhookSecret: String { world.withLock { $0.keys.sharedText } }

  /// The next piece of a body.
  func step(at door: Door, _ source: inout any BodyScript) -> BodyStep {
    var copy = source
    let step = withWorld(at: door) { copy.next(&$0) }
    source = copy
    return step
  }

  /// Looks again at an answer that waits.
  func again(at door: Door, _ look: @Sendable (inout World) -> Answer) -> Answer {
    withWorld(at: door) { look(&$0) }
  }

  /// A client closed the connection while its answer was held back. Its job does not care.
  func noteLeft() { world.withLock { $0.tally.noteLeft() } }

  /// Raised whenever a job was made or its end moved.
  private var changes: Int { world.withLock { $0.changes } }

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
        answer = handle(request, known, captures, verdict.marks, &world)
      } else {
        answer = .reply(provider.refuse(.notFound))
      }
      answer = verdict.harmed(answer, world)
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

  /// Has the provider answer, in the world that the faults make of it.
  private func handle(
    _ request: Request, _ known: (provider: any ProviderModel, route: Route),
    _ captures: [Substring], _ marks: Set<FaultKind>, _ world: inout World
  ) -> Answer {
    let now = world.now
    if marks.contains(.stale),
      let index = captures.last.flatMap({
        world.index(of: String($0), provider: known.provider.name)
      })
    {
      world.now = world.jobs[index].createdAt
    }
    world.marks = marks
    defer {
      world.now = now
      world.marks = []
    }
    return known.route.handler(request, captures, &world)
  }

  private static func name(of answer: Answer) -> String {
    switch answer {
    case .reply(let reply): String(reply.status)
    case .drop: "dropped"
    case .raw(_, let resets): resets ? "reset" : "garbage"
    case .wait: "held"
    }
  }
}
