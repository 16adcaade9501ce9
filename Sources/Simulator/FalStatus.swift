// The status object of fal's queue: the answer to a submit, to a status request, and each message
// of the status stream.
import Wire

/// Renders jobs as queue statuses.
enum FalStatus {
  /// - Parameter logs: nil where none were asked for.
  static func json(_ job: SimulatedJob, in world: World, logs: [JSON]?) -> JSONObject {
    let state = shown(job, at: world.now)
    var body = JSONObject([
      JSONObject.Member("status", .string(Fal().word(for: state))),
      JSONObject.Member("request_id", .string(job.id)),
    ])
    let app = Fal.app(of: job.shown["model"]?.string ?? "")
    let url = "\(world.address)/\(app)/requests/\(job.id)"
    body["response_url"] = .string(url)
    body["status_url"] = .string(url + "/status")
    body["cancel_url"] = .string(url + "/cancel")
    if state == .queued { body["queue_position"] = .int(queuePosition(of: job, in: world)) }
    body["logs"] = logs.map { .array($0) } ?? .null
    body["metrics"] = [:]
    guard case .ended(let outcome) = state else { return body }
    if let worked = job.workedMicroseconds(at: world.now) {
      body["metrics"] = ["inference_time": .number(Seconds.text(worked))]
    }
    if let failure = FalResult.failure(of: job, endedAs: outcome) {
      body["error"] = .string(failure.text)
      body["error_type"] = .string(failure.type)
    }
    return body
  }

  /// A rerun goes back to the queue in the middle of its work.
  static func shown(_ job: SimulatedJob, at now: Int64) -> SimulatedJob.State {
    let state = job.state(at: now)
    guard job.isRerun, case .running(let fraction) = state, (0.4..<0.5).contains(fraction) else {
      return state
    }
    return .queued
  }

  /// The queue runs a job again after losing its runner: the request's id stays, the gateway's
  /// does not.
  static func gatewayID(of job: SimulatedJob, at now: Int64) -> String {
    guard job.isRerun, job.fraction(at: now) >= 0.4 || job.state(at: now).hasEnded else {
      return job.id
    }
    var dice = Fingerprint("gateway", job.id).dice
    return JobID.uuid.next(&dice)
  }

  /// Jobs that came earlier and have not started either; told only where slots are few, because
  /// counting costs.
  private static func queuePosition(of job: SimulatedJob, in world: World) -> Int {
    guard world.options.concurrency != nil else { return 0 }
    return world.indexes(of: job.provider).count { index in
      let other = world.jobs[index]
      return other.createdAt < job.createdAt && other.state(at: world.now) == .queued
    }
  }
}

/// Log lines as fal's runners write them.
enum FalLog {
  static func areWanted(_ request: Request) -> Bool {
    ["1", "true"].contains(request.query["logs"]?.lowercased())
  }

  /// Those from the `start`th on; a line appears with every tenth of the work.
  static func lines(of job: SimulatedJob, in world: World, from start: Int) -> [JSON] {
    guard let began = job.startedAt(world.now) else { return [] }
    let count = Int(job.fraction(at: world.now) * 10) + 1
    let end = min(job.endsAt, world.now)
    return (start..<max(start, count)).map { line in
      // Each between the start and now; exact moments say nothing.
      let moment = began + (end - began) * Int64(line) / Int64(count)
      return [
        "message": .string(line == 0 ? "Loading weights" : "Step \(line)/10"), "level": "INFO",
        "source": "stdout", "timestamp": .string(world.timestamp(moment).description),
      ]
    }
  }
}
