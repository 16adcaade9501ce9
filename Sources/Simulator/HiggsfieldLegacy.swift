// Higgsfield's first API: a submit makes a set of jobs, which is polled as a whole. Facts: the
// official JavaScript client's v1 and its documentation.
import Wire

/// The simulated job sets.
struct HiggsfieldLegacy: ProviderModel {
  let name = "higgsfield-legacy"
  let root = "v1"
  let outputLifeSeconds = 7 * 86_400.0
  let fields = FieldNames(id: "id", word: "status", outputs: ["results"])

  var routes: [Route] {
    [
      Route("POST", "/v1/image2video/dop", .submit) { request, _, world in
        submit(request, type: "image2video", &world)
      },
      Route("POST", "/v1/text2image/soul", .submit) { request, _, world in
        submit(request, type: "text2image_soul", &world)
      },
      Route("GET", "/v1/job-sets/{id}", .status) { request, path, world in
        guard Higgsfield().isAuthenticated(request) else {
          return .reply(refuse(.unauthenticated))
        }
        guard let index = world.index(of: String(path[0]), provider: name) else {
          return .reply(refuse(.notFound))
        }
        world.notePoll(of: index)
        return .reply(.json(200, set(world.jobs[index], in: world)))
      },
      Route("GET", "/v1/outputs/{id}/{file}", .output) { _, path, world in
        .reply(outputFile(path[0], path[1], world) ?? refuse(.notFound))
      },
    ]
  }

  func identity(of submit: Request) -> String {
    var fingerprint = Fingerprint(submit.path)
    fingerprint.add(submit.json?.canonicalBytes ?? submit.body)
    return fingerprint.description
  }

  func bills(_ outcome: Outcome) -> Bool { outcome == .succeeded }

  func microcredits(for job: SimulatedJob) -> Int64 {
    job.shown["type"]?.string == "image2video" ? 9_000_000 : 1_500_000
  }

  func word(for state: SimulatedJob.State) -> String { Higgsfield().word(for: state) }

  func refuse(_ refusal: Refusal) -> Reply { Higgsfield().refuse(refusal) }

  private func submit(_ request: Request, type: String, _ world: inout World) -> Answer {
    guard Higgsfield().isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let body = request.json, let params = body["params"], params.object != nil else {
      return .reply(refuse(.invalid(field: "params", reason: "Field required")))
    }
    let wish: JobWish
    do {
      wish = try JobWish(in: params)
    } catch {
      return .reply(refuse(.invalid(field: error.member, reason: error.reason)))
    }
    if let slots = world.options.concurrency, world.openJobs(of: name) >= slots {
      let text = "Maximum number of concurrent requests (\(slots)) has been reached"
      return .reply(Reply.json(400, ["detail": .string(text)]))
    }
    var order = JobOrder(
      self, identity: identity(of: request), input: params, inputBytes: request.body.count,
      wish: wish)
    order.shown["type"] = .string(type)
    order.webhook = HiggsfieldLegacy.webhook(in: body)
    guard let index = world.create(order) else {
      return .reply(refuse(.unavailable(status: 503)))
    }
    return .reply(.json(200, set(world.jobs[index], in: world)))
  }

  /// The set with its jobs. They end one after the other; a set that fails fails in those that had
  /// not ended.
  func set(_ job: SimulatedJob, in world: World) -> JSON {
    let isVideo = job.shown["type"]?.string == "image2video"
    let count = isVideo ? 1 : min(max(job.input["batch_size"]?.int ?? 1, 1), 4)
    let state = job.state(at: world.now)
    let jobs = (0..<count).map { number -> JSON in
      let isDone =
        state == .ended(.succeeded)
        || job.fraction(at: world.now) * Double(count) >= Double(number + 1)
      let word = isDone ? "completed" : word(for: state)
      let url = "\(world.address)/v1/outputs/\(job.id)/out-\(number).\(isVideo ? "mp4" : "png")"
      let file: JSON = [
        "type": .string(isVideo ? "video" : "image"), "url": .string(url),
      ]
      let made = job.plan.output ?? ["raw": file, "min": file]
      var dice = Fingerprint("job of set", job.id, String(number)).dice
      return [
        "id": .string(JobID.uuid.next(&dice)), "job_set_type": job.shown["type"] ?? .null,
        "status": .string(word), "results": isDone ? made : .null,
      ]
    }
    return [
      "id": .string(job.id), "type": job.shown["type"] ?? .null,
      "created_at": .string(world.timestamp(job.createdAt).description),
      "jobs": .array(jobs), "input_params": job.input,
    ]
  }
}
