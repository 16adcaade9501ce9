// Server-sent events about one job: what each provider says at each stage of its work.
import Wire

/// One event (WHATWG HTML §9.2.6).
struct ServerEvent: Sendable {
  var name: String?
  var id: String?
  let data: String

  init(_ data: JSON) { self.data = data.text }

  init(name: String, id: String, data: String) {
    self.name = name
    self.id = id
    self.data = data
  }

  var bytes: [UInt8] {
    var text = ""
    if let name { text += "event: \(name)\n" }
    if let id { text += "id: \(id)\n" }
    for line in data.split(separator: "\n", omittingEmptySubsequences: false) {
      text += "data: \(line)\n"
    }
    return Array((text + "\n").utf8)
  }
}

/// A stream that follows a job.
struct EventStream: BodyScript {
  typealias Render = @Sendable (SimulatedJob, Int, World) -> [ServerEvent]

  /// A comment so often, when nothing else is said.
  static let heartbeatMicroseconds: Int64 = 15_000_000

  /// Nil: a channel on which nothing ever happens.
  private let job: Int?
  private let closesAtEnd: Bool
  private let render: Render
  private var told: Int
  private var queue: [[UInt8]] = []
  private var saidAt: Int64

  /// - Parameters:
  ///   - replays: whether it begins with what happened before it was opened.
  ///   - render: the events of one stage (`SimulatedJob.stage`).
  init(
    of job: Int?, in world: World, replays: Bool, closesAtEnd: Bool = true,
    render: @escaping Render
  ) {
    self.job = job
    self.closesAtEnd = closesAtEnd
    self.render = render
    let stage = job.map { world.jobs[$0].stage(at: world.now) } ?? 0
    told = replays ? -1 : closesAtEnd ? stage - 1 : stage
    saidAt = world.now
  }

  mutating func next(_ world: inout World) -> BodyStep {
    var nextChange = Int64.max
    if let job {
      let job = world.jobs[job]
      let stage = job.stage(at: world.now)
      while told < stage {
        told = told + 1 > SimulatedJob.stages && stage == SimulatedJob.endStage ? stage : told + 1
        queue += render(job, told, world).map(\.bytes)
      }
      if queue.isEmpty, stage == SimulatedJob.endStage, closesAtEnd { return .end }
      nextChange = job.endOfStage(stage)
    }
    if !queue.isEmpty {
      saidAt = world.now
      return .bytes(queue.removeFirst())
    }
    if world.now - saidAt >= EventStream.heartbeatMicroseconds {
      saidAt = world.now
      return .bytes(Array(": ping\n\n".utf8))
    }
    return .wait(until: min(nextChange, saidAt + EventStream.heartbeatMicroseconds))
  }
}

/// A stream that breaks off, or is open and says nothing, not even that it is alive.
struct HarmedStream: BodyScript {
  private var source: any BodyScript
  private var left: Int?

  /// - Parameter cutAfter: events until it breaks; nil: nothing is ever said.
  init(_ source: any BodyScript, cutAfter: Int?) {
    self.source = source
    left = cutAfter
  }

  mutating func next(_ world: inout World) -> BodyStep {
    guard let left else { return .wait(until: .max) }
    guard left > 0 else { return .cut }
    let step = source.next(&world)
    if case .bytes(let bytes) = step, bytes.first != UInt8(ascii: ":") { self.left = left - 1 }
    return step
  }
}

extension SimulatedJob {
  /// Tenths of the work that streams and webhooks tell of.
  static let stages = 10
  static let endStage = stages + 1

  /// 0 while queued, 1 to 10 while its work is in that tenth of its time, 11 when ended.
  func stage(at now: Int64) -> Int {
    switch state(at: now) {
    case .queued: return 0
    case .ended: return SimulatedJob.endStage
    case .running:
      guard let start = startedAt(now) else { return 0 }
      let whole = max(1, plannedEnd - start)
      return min(SimulatedJob.stages, 1 + Int((now - start) * 10 / whole))
    }
  }

  /// When a stage is over, unless the job is canceled; never for the last.
  func endOfStage(_ stage: Int) -> Int64 {
    if stage == SimulatedJob.endStage { return .max }
    if stage == 0 { return min(plannedStart, endsAt) }
    return min(endsAt, plannedStart + ((plannedEnd - plannedStart) * Int64(stage) + 9) / 10)
  }
}
