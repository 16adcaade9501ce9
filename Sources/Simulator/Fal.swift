// fal's queue API. Facts: https://docs.fal.ai/model-apis/model-endpoints/queue, its error reference
// and the source of its official Python client.
import Wire

/// The simulated fal queue.
struct Fal: ProviderModel {
  let name = "fal"
  let root = "fal-ai"
  let takesEveryPath = true
  /// Outputs stay until the submit's own lifecycle preference says otherwise.
  let outputLifeSeconds = Double.infinity
  let fields = FieldNames(id: "request_id", word: "status", outputs: ["images", "video"])

  var routes: [Route] {
    [
      Route("GET", "/.well-known/jwks.json", .list) { _, _, world in
        .reply(.json(200, Fal.keySet(world.keys)))
      },
      Route("GET", "/files/{id}/{file}", .output) { _, path, world in
        .reply(
          outputFile(path[0], path[1], world) ?? Reply(404, type: "text/plain", "Not Found"))
      },
      Route("GET", "/{model...}/requests/{id}/status", .status) { request, path, world in
        status(request, path, &world)
      },
      Route("GET", "/{model...}/requests/{id}/status/stream", .stream) { request, path, world in
        stream(request, path, world)
      },
      Route("GET", "/{model...}/requests/{id}", .result) { request, path, world in
        result(request, path, &world)
      },
      Route("GET", "/{model...}/requests/{id}/response", .result) { request, path, world in
        result(request, path, &world)
      },
      Route("GET", "/{model...}/requests/{id}/result", .result) { request, path, world in
        result(request, path, &world)
      },
      Route("PUT", "/{model...}/requests/{id}/cancel", .cancel) { request, path, world in
        cancel(request, path, &world)
      },
      Route("POST", "/{model...}", .submit) { request, path, world in
        submit(request, model: path[0], &world)
      },
    ]
  }

  func identity(of submit: Request) -> String {
    var fingerprint = Fingerprint(submit.path)
    fingerprint.add(submit.json?.canonicalBytes ?? submit.body)
    return fingerprint.description
  }

  /// Answers of 500 and above are never billed; 422 may be, so here it is. A cancel is honoured
  /// as well as it goes: what it stops is not billed.
  func bills(_ outcome: Outcome) -> Bool { outcome == .succeeded || outcome == .moderated }

  func word(for state: SimulatedJob.State) -> String {
    switch state {
    case .queued: "IN_QUEUE"
    case .running: "IN_PROGRESS"
    case .ended: "COMPLETED"
    }
  }

  /// The part of a model's name that follow-up URLs keep: `owner/app`, or three parts in the two
  /// namespaces (fal-client, `APP_NAMESPACES`).
  static func app(of model: some StringProtocol) -> String {
    let parts = model.split(separator: "/")
    let kept = ["workflows", "comfy"].contains(parts.first) ? 3 : 2
    return parts.prefix(kept).joined(separator: "/")
  }

  private func isAuthenticated(_ request: Request) -> Bool {
    let parts = (request.headers["authorization"] ?? "").split(separator: " ")
    return parts.count == 2 && ["key", "bearer"].contains(parts[0].lowercased())
  }

  private func submit(_ request: Request, model: Substring, _ world: inout World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard model.split(separator: "/").count >= 2 else { return .reply(refuse(.notFound)) }
    guard let input = request.json, input.object != nil else {
      return .reply(refuse(.invalid(field: "", reason: "Input should be a valid dictionary")))
    }
    let wish: JobWish
    do {
      wish = try JobWish(in: input)
    } catch {
      return .reply(refuse(.invalid(field: error.member, reason: error.reason)))
    }
    var order = JobOrder(
      self, identity: identity(of: request), input: input, inputBytes: request.body.count,
      wish: wish)
    order.shown["model"] = .string(String(model))
    order.webhook = request.query["fal_webhook"].map { WebhookTarget(url: $0) }
    order.waitsForSlot = true
    order.startWithinSeconds = request.headers["x-fal-request-timeout"]
      .flatMap { Decimal.read($0, in: 0...86_400) }
    order.outputLifeSeconds = lifecycle(request)
    guard let index = world.create(order) else {
      return .reply(refuse(.unavailable(status: 503)))
    }
    let job = world.jobs[index]
    var body = FalStatus.json(job, in: world, logs: nil)
    body["gateway_request_id"] = .string(FalStatus.gatewayID(of: job, at: world.now))
    return .reply(answered(.json(200, .object(body)), job))
  }

  /// `{"expiration_duration_seconds": N}`; anything else asks for nothing.
  private func lifecycle(_ request: Request) -> Double? {
    guard let text = request.headers["x-fal-object-lifecycle-preference"],
      let value = try? JSON(parsing: text)
    else { return nil }
    return value["expiration_duration_seconds"]?.double
  }

  /// The job that a follow-up names by its app and its id: with another app, or with the whole
  /// model name, it is not found.
  private func job(_ path: [Substring], _ world: World) -> Int? {
    guard let index = world.index(of: String(path[1]), provider: name),
      let model = world.jobs[index].shown["model"]?.string, Fal.app(of: model) == path[0]
    else { return nil }
    return index
  }

  private func status(_ request: Request, _ path: [Substring], _ world: inout World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let index = job(path, world) else { return .reply(refuse(.notFound)) }
    world.notePoll(of: index)
    let job = world.jobs[index]
    let logs = FalLog.areWanted(request) ? FalLog.lines(of: job, in: world, from: 0) : nil
    let body = FalStatus.json(job, in: world, logs: logs)
    let hasEnded = job.state(at: world.now).hasEnded
    return .reply(answered(.json(hasEnded ? 200 : 202, .object(body)), job))
  }

  /// Unnamed events of the status, with the logs since the one before; closed at the end.
  private func stream(_ request: Request, _ path: [Substring], _ world: World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let index = job(path, world) else { return .reply(refuse(.notFound)) }
    let wantsLogs = FalLog.areWanted(request)
    return .reply(
      .events(
        EventStream(of: index, in: world, replays: false) { job, stage, world in
          let lines = FalLog.lines(of: job, in: world, from: max(0, stage - 1))
          let body = FalStatus.json(job, in: world, logs: wantsLogs ? lines : nil)
          return [ServerEvent(.object(body))]
        }))
  }

  private func result(_ request: Request, _ path: [Substring], _ world: inout World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let index = job(path, world) else { return .reply(refuse(.notFound)) }
    let job = world.jobs[index]
    switch job.state(at: world.now) {
    case .queued, .running:
      return .reply(requestError(400, "bad_request", "Request is still in progress"))
    case .ended(.succeeded):
      return .reply(answered(.json(200, FalResult.payload(of: job, address: world.address)), job))
    case .ended(let outcome):
      return .reply(answered(FalResult.failure(of: job, outcome).reply, job))
    }
  }

  private func cancel(_ request: Request, _ path: [Substring], _ world: inout World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let index = job(path, world) else {
      return .reply(.json(404, ["status": "NOT_FOUND"]))
    }
    guard !world.jobs[index].state(at: world.now).hasEnded else {
      return .reply(.json(400, ["status": "ALREADY_COMPLETED"]))
    }
    world.cancel(index)
    return .reply(answered(.json(202, ["status": "CANCELLATION_REQUESTED"]), world.jobs[index]))
  }

  /// The header by which clients tell fal's own answers from those of what stands in front of it.
  private func answered(_ reply: Reply, _ job: SimulatedJob) -> Reply {
    reply.adding("x-fal-request-id", job.id)
  }
}
