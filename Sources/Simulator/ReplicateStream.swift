// The stream of a prediction: its output and logs as they come, then `done`
// (https://replicate.com/docs/topics/predictions/streaming).
import Wire

/// Renders a prediction's events.
enum ReplicateStream {
  /// The events of one stage, each with an id.
  static func events(of job: SimulatedJob, stage: Int, in world: World) -> [ServerEvent] {
    var events: [(name: String, data: String)] = []
    let isText =
      ReplicateModel.output(of: job.shown["model"]?.string ?? "") == .text
      && job.plan.output == nil
    let output = ReplicatePrediction.output(of: job, address: world.address)
    let pieces = output.array?.compactMap(\.string) ?? output.string.map { [$0] } ?? []
    switch stage {
    case 0: break
    case SimulatedJob.endStage:
      let state = job.state(at: world.now)
      if state == .ended(.succeeded), !isText { events += pieces.map { ("output", $0) } }
      if let error = ReplicatePrediction.error(of: job, state).string {
        events.append(("error", (["detail": .string(error)] as JSON).text))
      }
      events.append(("done", done(state).text))
    default:
      // A piece of text with every second tenth of the work.
      if isText, stage % 2 == 0, stage / 2 <= pieces.count {
        events.append(("output", pieces[stage / 2 - 1]))
      }
      let percent = String(stage * 10)
      events.append(("logs", "\(percent)%|\(stage)/\(SimulatedJob.stages)"))
    }
    let seconds = world.timestamp(job.createdAt).microseconds / 1_000_000
    return events.enumerated().map { place, event in
      ServerEvent(name: event.name, id: "\(seconds):\(stage).\(place)", data: event.data)
    }
  }

  private static func done(_ state: SimulatedJob.State) -> JSON {
    switch state {
    case .ended(.succeeded): [:]
    case .ended(.canceled): ["reason": "canceled"]
    default: ["reason": "error"]
    }
  }
}
