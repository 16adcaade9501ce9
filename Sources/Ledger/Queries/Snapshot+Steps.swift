// The steps of a job, put together from its row, its plan and what each step left in the log.

import Wire

extension Snapshot {
  /// The plan that a job was handed in with; nil when it has none or it was erased.
  package func plan(of submitted: JobSubmitted) throws -> Plan? {
    try submitted.plan.flatMap { try json($0) }.flatMap { Plan(kept: $0) }
  }

  /// What the current step of a job is sent with.
  package func input(of details: JobDetails) throws -> StepInput {
    let submitted = details.submitted
    if submitted.plan != nil {
      guard let plan = try plan(of: submitted) else { return .erased("its plan") }
      return try plan.input(of: Int(details.job.step), job: details.id) { step in
        try madeOutputs(of: step, details.job)
      }
    }
    guard let kept = submitted.input else { return .ready(nil) }
    return try json(kept).map { .ready($0) } ?? .erased("its input")
  }

  /// What a step that is done has made; nil where it is not known or was erased.
  private func madeOutputs(of step: Int, _ job: Job) throws -> [Observation.Output]? {
    try keptOutputs(of: step, job)?.map { item in
      Observation.Output(url: item["url"]?.string ?? "", mediaType: item["media_type"]?.string)
    }
  }

  private func keptOutputs(of step: Int, _ job: Job) throws -> [JSON]? {
    guard step < job.pipeline.count,
      let body = try completion(of: step, job), let kept = body.outputs
    else { return nil }
    return try json(kept)?.array
  }

  private func completion(of step: Int, _ job: Job) throws -> JobStepSucceeded? {
    guard job.pipeline.indices.contains(step), job.pipeline[step].succeeded != 0,
      case .jobStepSucceeded(let body)? = try log.event(at: job.pipeline[step].succeeded)?.event
    else { return nil }
    return body
  }

  /// Whom a step asks and for which model, as far as the chain says: nothing of steps to come.
  func target(
    of step: Int, _ job: Job, _ submitted: JobSubmitted
  ) throws -> (provider: String?, model: String?) {
    if let before = try completion(of: step - 1, job) {
      return (before.nextProvider, before.nextModel)
    }
    return step > Int(job.step) ? (nil, nil) : (submitted.provider, submitted.model)
  }

  /// Every step of a job.
  /// - Parameter outputs: the job's own, which are those of its last step.
  mutating func steps(
    of details: JobDetails, _ outputs: [JSON]
  ) throws -> [StepStatus] {
    let job = details.job
    let plan = job.steps > 1 ? try plan(of: details.submitted) : nil
    return try (0..<min(job.steps, UInt32(Limits.trackedSteps))).map { number in
      let isPriced = Int(number) < job.pipeline.count
      let share = isPriced ? job.pipeline[Int(number)].share : job.steps == 1 ? job.hold : nil
      if number == job.step {
        return StepStatus(
          number: number, state: job.state.name, provider: details.provider, model: details.model,
          externalID: details.handle?.externalID, attempts: job.attempts, share: share,
          outputs: job.isLastStep ? outputs : [])
      }
      let planned = plan.flatMap {
        $0.steps.indices.contains(Int(number)) ? $0.steps[Int(number)] : nil
      }
      guard number < job.step else {
        return StepStatus(
          number: number, state: job.state.isTerminal ? "skipped" : "waiting",
          provider: planned?.provider, model: planned?.model, externalID: nil, attempts: 0,
          share: share, outputs: [])
      }
      return try doneStep(number, details, planned, share: share)
    }
  }

  private mutating func doneStep(
    _ number: UInt32, _ details: JobDetails, _ planned: Plan.Step?, share: Credits?
  ) throws -> StepStatus {
    let job = details.job
    let done = Int(number) < job.pipeline.count ? job.pipeline[Int(number)] : nil
    guard let done, done.succeeded != 0 else {  // done elsewhere
      return StepStatus(
        number: number, state: "succeeded", provider: planned?.provider, model: planned?.model,
        externalID: nil, attempts: 0, share: share, outputs: [])
    }
    let target = try target(of: Int(number), job, details.submitted)
    let handle = try handle(at: done.handle, target.provider ?? "")
    let outputs = try keptOutputs(of: Int(number), job) ?? []
    return StepStatus(
      number: number, state: "succeeded", provider: target.provider ?? planned?.provider,
      model: target.model ?? planned?.model, externalID: handle?.externalID,
      attempts: done.attempts, share: share,
      outputs: outputs.map { output in
        [
          "url": output["url"] ?? .null, "media_type": output["media_type"] ?? .null,
          "stored": .null,
        ]
      })
  }
}
