// A prediction as Replicate shows it (OpenAPI `schemas.prediction.Response`; members as recorded).
import Wire

/// Renders jobs as predictions.
enum ReplicatePrediction {
  /// Which answer it is for; they differ in members.
  enum View {
    /// The answer to a submit: no times but its creation (recorded).
    case submitted
    /// The answer to a submit with `Prefer: wait`. When the run is done in time, its output is
    /// there but the word is still `processing` and nothing says when it ended; when it is not,
    /// the word is `starting` (recorded, and explained in replicate-python's run.py).
    case waited
    case read
  }

  static func json(_ job: SimulatedJob, in world: World, as view: View) -> JSON {
    let state = job.state(at: world.now)
    let isRemoved =
      state.hasEnded && world.now >= job.endsAt + Replicate.retentionMicroseconds
    var body = JSONObject([JSONObject.Member("id", .string(job.id))])
    for member in job.shown.members { body[member.name] = member.value }
    body["input"] = isRemoved ? [:] : job.input
    body["logs"] = .string(isRemoved || view == .submitted ? "" : logs(of: job, at: world.now))
    body["output"] =
      isRemoved || state != .ended(.succeeded) ? .null : output(of: job, address: world.address)
    body["data_removed"] = .bool(isRemoved)
    body["error"] = error(of: job, state)
    body["status"] = .string(word(for: state, view))
    body["created_at"] = time(job.createdAt, in: world)
    if view == .read { addTimes(to: &body, job, world) }
    body["urls"] = [
      "cancel": .string("\(world.address)/v1/predictions/\(job.id)/cancel"),
      "get": .string("\(world.address)/v1/predictions/\(job.id)"),
      "stream": .string("\(world.address)/v1/streams/\(job.id)"),
      "web": .string("https://replicate.com/p/\(job.id)"),
    ]
    return .object(body)
  }

  private static func word(for state: SimulatedJob.State, _ view: View) -> String {
    if view == .waited {
      if state == .ended(.succeeded) { return "processing" }
      if !state.hasEnded { return "starting" }
    }
    return Replicate().word(for: state)
  }

  private static func addTimes(to body: inout JSONObject, _ job: SimulatedJob, _ world: World) {
    body["started_at"] = job.startedAt(world.now).map { time($0, in: world) } ?? .null
    guard let worked = job.workedMicroseconds(at: world.now) else {
      body["completed_at"] = .null
      body["source"] = "api"
      return
    }
    body["completed_at"] = time(job.endsAt, in: world)
    let total = JSON.number(Seconds.text(job.endsAt - job.createdAt))
    body["metrics"] =
      job.startedAt(world.now) == nil
      ? ["total_time": total]
      : ["predict_time": .number(Seconds.text(worked)), "total_time": total]
    body["source"] = "api"
  }

  private static func time(_ moment: Int64, in world: World) -> JSON {
    .string(world.timestamp(moment).description)
  }

  static func error(of job: SimulatedJob, _ state: SimulatedJob.State) -> JSON {
    switch state {
    case .ended(.failed):
      .string(job.plan.error ?? "The model ran out of memory. (E1001)")
    case .ended(.moderated):
      .string(job.plan.error ?? "The input or output was flagged as sensitive. (E005)")
    case .ended(.aborted):
      .string(job.plan.error ?? "The deadline passed before the prediction started.")
    default: .null
    }
  }

  static func output(of job: SimulatedJob, address: String) -> JSON {
    if let output = job.plan.output { return output }
    let files = "\(address)/pbxt/\(job.id)"
    switch ReplicateModel.output(of: job.shown["model"]?.string ?? "") {
    case .video: return .string("\(files)/out.mp4")
    case .images:
      let count = min(max(job.input["num_outputs"]?.int ?? 1, 1), 4)
      return .array((0..<count).map { .string("\(files)/out-\($0).png") })
    case .text: return ["Soft", "ly munch", "ing on", " the", " grass"]
    }
  }

  private static func logs(of job: SimulatedJob, at now: Int64) -> String {
    guard let start = job.startedAt(now) else { return "" }
    let elapsed = Double(min(now, job.endsAt) - start) / 1e6
    let seed = job.input["seed"]?.int ?? 42
    return "Using seed: \(seed)\n"
      + ProgressLog.text(fraction: job.fraction(at: now), elapsedSeconds: elapsed)
  }
}

extension SimulatedJob.State {
  var hasEnded: Bool { if case .ended = self { true } else { false } }
}

/// Exact decimal seconds.
enum Seconds {
  /// Microseconds as seconds with six decimals, without passing through binary floats.
  static func text(_ microseconds: Int64) -> String {
    let fraction = String(microseconds % 1_000_000)
    return "\(microseconds / 1_000_000)."
      + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
  }
}
