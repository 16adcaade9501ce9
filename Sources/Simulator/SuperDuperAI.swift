// SuperDuperAI's file and project tasks. Facts: its generated client in fortunto2/super-turbo
// (`packages/api`) and that repository's own change log.
import Wire

/// The simulated SuperDuperAI.
struct SuperDuperAI: ProviderModel {
  let name = "superduperai"
  let root = "api"
  let outputLifeSeconds = Double.infinity
  let fields = FieldNames(id: "id", word: "status", outputs: ["url"])

  var routes: [Route] {
    [
      Route("POST", "/api/v1/file/generate-video", .submit) { request, _, world in
        submit(request, type: "video", &world)
      },
      Route("POST", "/api/v1/file/generate-image", .submit) { request, _, world in
        submit(request, type: "image", &world)
      },
      Route("POST", "/api/v1/project/video", .submit) { request, _, world in
        submit(request, type: "project", &world)
      },
      Route("GET", "/api/v1/file/{id}", .status) { request, path, world in
        status(request, path[0], isProject: false, &world)
      },
      Route("GET", "/api/v1/project/{id}", .status) { request, path, world in
        status(request, path[0], isProject: true, &world)
      },
      Route("GET", "/api/v1/events/{channel}", .stream) { _, path, world in
        stream(path[0], world)
      },
      Route("GET", "/api/v1/storage/{id}/{file}", .output) { _, path, world in
        .reply(outputFile(path[0], path[1], world) ?? refuse(.notFound))
      },
    ]
  }

  func identity(of submit: Request) -> String {
    var fingerprint = Fingerprint(submit.path)
    fingerprint.add(submit.json?.canonicalBytes ?? submit.body)
    return fingerprint.description
  }

  /// Its own guide says that errors cost nothing.
  func bills(_ outcome: Outcome) -> Bool { outcome == .succeeded }

  func word(for state: SimulatedJob.State) -> String {
    switch state {
    case .queued, .running: "in_progress"
    case .ended(.succeeded): "completed"
    case .ended: "error"
    }
  }

  func isAuthenticated(_ request: Request) -> Bool {
    let parts = (request.headers["authorization"] ?? "").split(separator: " ")
    return parts.count == 2 && parts[0].lowercased() == "bearer"
  }

  private func submit(_ request: Request, type: String, _ world: inout World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let body = request.json, let config = body["config"], config.object != nil else {
      return .reply(refuse(.invalid(field: "config", reason: "Field required")))
    }
    let wish: JobWish
    do {
      wish = try JobWish(in: config)
    } catch {
      return .reply(refuse(.invalid(field: error.member, reason: error.reason)))
    }
    var order = JobOrder(
      self, identity: identity(of: request), input: config, inputBytes: request.body.count,
      wish: wish)
    order.shown["type"] = .string(type)
    order.shown["project_id"] = body["project_id"] ?? .null
    order.shown["scene_id"] = body["scene_id"] ?? .null
    guard let index = world.create(order) else {
      return .reply(refuse(.unavailable(status: 503)))
    }
    let object = object(world.jobs[index], in: world)
    // The image endpoint answers with a list, even for one.
    return .reply(.json(200, type == "image" ? [object] : object))
  }

  private func status(
    _ request: Request, _ id: Substring, isProject: Bool, _ world: inout World
  ) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let index = world.index(of: String(id), provider: name),
      (world.jobs[index].shown["type"] == "project") == isProject
    else { return .reply(refuse(.notFound)) }
    world.notePoll(of: index)
    return .reply(.json(200, object(world.jobs[index], in: world)))
  }

  /// A file or a project; its URL is null until it is done.
  func object(_ job: SimulatedJob, in world: World) -> JSON {
    let state = job.state(at: world.now)
    let type = job.shown["type"]?.string ?? ""
    let files = "\(world.address)/api/v1/storage/\(job.id)"
    let file = type == "image" ? "out.png" : "out.mp4"
    let isDone = state == .ended(.succeeded)
    let task: JSON = [
      "type": .string(type == "project" ? "txt2film-flow" : "media-to-\(type)-flow"),
      "status": .string(word(for: state)), "file_id": .string(job.id),
    ]
    var body = JSONObject([
      JSONObject.Member("id", .string(job.id)),
      JSONObject.Member("type", .string(type)),
      JSONObject.Member("url", isDone ? job.plan.output ?? .string("\(files)/\(file)") : .null),
      JSONObject.Member("thumbnail_url", isDone ? .string("\(files)/thumbnail.png") : .null),
      JSONObject.Member("tasks", [task]),
      JSONObject.Member("created_at", .string(world.timestamp(job.createdAt).description)),
    ])
    if type != "project" {
      body["project_id"] = job.shown["project_id"] ?? .null
      body["scene_id"] = job.shown["scene_id"] ?? .null
    }
    if case .ended(let outcome) = state, outcome != .succeeded, let error = job.plan.error {
      body["error"] = .string(error)
    }
    return .object(body)
  }

  /// A channel of events: no names, no ids, nothing of what was before, and open for ever. A
  /// channel of the wrong kind of id, or of nobody, is open just as well and says nothing.
  private func stream(_ channel: Substring, _ world: World) -> Answer {
    let parts = channel.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, ["file", "project", "user"].contains(parts[0]) else {
      return .reply(refuse(.invalid(field: "channel", reason: "String should match pattern")))
    }
    let index = world.index(of: String(parts[1]), provider: name).flatMap { index in
      let isProject = world.jobs[index].shown["type"] == "project"
      return parts[0] == (isProject ? "project" : "file") ? index : nil
    }
    return .reply(
      .events(
        EventStream(of: index, in: world, replays: false, closesAtEnd: false) {
          job, stage, world in
          SuperDuperAI().events(of: job, stage, world).map { ServerEvent($0) }
        }))
  }

  private func events(of job: SimulatedJob, _ stage: Int, _ world: World) -> [JSON] {
    let object = object(job, in: world)
    if stage == 0 { return [] }
    guard stage == SimulatedJob.endStage else {
      let progress = stage - 1
      return [
        [
          "type": "render_progress",
          "object": ["id": .string(job.id), "progress": .number("0.\(progress)")],
        ]
      ]
    }
    let task: JSON = ["type": "task", "object": object["tasks"]?.array?.first ?? .null]
    let file: JSON = ["type": "file", "object": object]
    guard job.state(at: world.now) == .ended(.succeeded) else { return [task, file] }
    return [
      task,
      [
        "type": "render_result",
        "object": ["id": .string(job.id), "file_url": object["url"] ?? .null],
      ], file,
    ]
  }

  /// FastAPI's manners; the declared one is 422.
  func refuse(_ refusal: Refusal) -> Reply { SelfHosted().refuse(refusal) }
}
