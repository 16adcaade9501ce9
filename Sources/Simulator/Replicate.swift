// Replicate's HTTP API as far as a job needs it. Facts: https://replicate.com/docs/reference/http,
// its OpenAPI file, and traffic recorded by replicate-python's own tests.
import Wire

/// The simulated Replicate.
struct Replicate: ProviderModel {
  let name = "replicate"
  let root = "v1"
  let ids = JobID.base32
  let outputLifeSeconds = 3600.0
  let fields = FieldNames(id: "id", word: "status", outputs: ["output"])

  var routes: [Route] {
    [
      Route("POST", "/v1/predictions", .submit) { request, _, world in
        submit(request, as: ReplicateModel(submit: request.json), &world)
      },
      Route("POST", "/v1/models/{owner}/{name}/predictions", .submit) { request, path, world in
        submit(request, as: ReplicateModel(model: "\(path[0])/\(path[1])"), &world)
      },
      Route("POST", "/v1/deployments/{owner}/{name}/predictions", .submit) { request, path, world in
        submit(request, as: ReplicateModel(deployment: "\(path[0])/\(path[1])"), &world)
      },
      Route("GET", "/v1/predictions/{id}", .status) { request, path, world in
        status(request, String(path[0]), &world)
      },
      Route("POST", "/v1/predictions/{id}/cancel", .cancel) { request, path, world in
        cancel(request, String(path[0]), &world)
      },
      Route("GET", "/v1/predictions", .list) { request, _, world in list(request, world) },
      Route("GET", "/v1/models/{owner}/{name}/versions/{id}", .list) { request, path, world in
        version(request, String(path[2]), world)
      },
      Route("GET", "/v1/webhooks/default/secret", .list) { request, _, world in
        guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
        return .reply(.json(200, ["key": .string(world.keys.sharedText)]))
      },
      Route("GET", "/v1/streams/{id}", .stream) { _, path, world in
        guard let index = world.index(of: String(path[0]), provider: name) else {
          return .reply(refuse(.notFound))
        }
        return .reply(
          .events(
            EventStream(of: index, in: world, replays: true, render: ReplicateStream.events)))
      },
      Route("GET", "/pbxt/{id}/{file}", .output) { _, path, world in
        output(path[0], file: path[1], world)
      },
    ]
  }

  /// Seconds after its end that a prediction made by API keeps input, output and logs.
  static let retentionMicroseconds: Int64 = 3_600_000_000
  /// Predictions on one page of the list.
  static let pageSize = 100

  /// Model, deployment or version are part of what is asked, so path and body both count.
  func identity(of submit: Request) -> String {
    var fingerprint = Fingerprint(submit.path)
    fingerprint.add(submit.json?.canonicalBytes ?? submit.body)
    return fingerprint.description
  }

  /// Runtime is billed for canceled runs of public models and for many failed ones; a run that was
  /// aborted before its start is not billed.
  func bills(_ outcome: Outcome) -> Bool { outcome != .aborted }

  func word(for state: SimulatedJob.State) -> String {
    switch state {
    case .queued: "starting"
    case .running: "processing"
    case .ended(.moderated): "failed"
    case .ended(let outcome): outcome.rawValue
    }
  }

  /// Any token is good, in either scheme; the older clients say `Token`.
  private func isAuthenticated(_ request: Request) -> Bool {
    let parts = (request.headers["authorization"] ?? "").split(separator: " ")
    return parts.count == 2 && ["bearer", "token"].contains(parts[0].lowercased())
  }

  private func submit(_ request: Request, as model: ReplicateModel?, _ world: inout World) -> Answer
  {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let body = request.json, body.object != nil else {
      return .reply(refuse(.invalid(field: "", reason: "The request body is not a JSON object")))
    }
    guard let model else {
      return .reply(refuse(.invalid(field: "version", reason: "version is required")))
    }
    guard let input = body["input"], input.object != nil else {
      return .reply(refuse(.invalid(field: "input", reason: "input is required")))
    }
    let wish: JobWish
    do {
      wish = try JobWish(in: input)
    } catch {
      return .reply(
        refuse(.invalid(field: "input.\(error.member)", reason: "\(error.member) \(error.reason)")))
    }
    var shown = model.shown
    let webhook = Replicate.webhook(in: body)
    if let webhook { shown["webhook"] = .string(webhook.url) }
    var order = JobOrder(
      self, identity: identity(of: request), input: input, inputBytes: request.body.count,
      wish: wish)
    order.shown = shown
    order.webhook = webhook
    guard let index = world.create(order) else { return .reply(refuse(.unavailable(status: 503))) }
    guard let waitSeconds = ReplicateWait.seconds(in: request.headers["prefer"]) else {
      let body = ReplicatePrediction.json(world.jobs[index], in: world, as: .submitted)
      return .reply(limited(.json(201, body), remaining: 599))
    }
    let patience = world.now + Int64(waitSeconds) * 1_000_000
    return ReplicateWait.answer(index, until: patience, preference: "wait=\(waitSeconds)", world)
  }

  private func status(_ request: Request, _ id: String, _ world: inout World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let index = world.index(of: id, provider: name) else { return .reply(refuse(.notFound)) }
    world.notePoll(of: index)
    let body = ReplicatePrediction.json(world.jobs[index], in: world, as: .read)
    return .reply(limited(.json(200, body), remaining: 2999))
  }

  private func cancel(_ request: Request, _ id: String, _ world: inout World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let index = world.index(of: id, provider: name) else { return .reply(refuse(.notFound)) }
    world.cancel(index)
    let body = ReplicatePrediction.json(world.jobs[index], in: world, as: .read)
    return .reply(limited(.json(200, body), remaining: 2999))
  }

  /// Newest first. A cursor is the number of predictions that are older than its page's first.
  private func list(_ request: Request, _ world: World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    let indexes = world.indexes(of: name)
    var end = indexes.count
    if let cursor = request.query["cursor"] {
      guard let value = Int(cursor, radix: 16), (0...indexes.count).contains(value) else {
        return .reply(refuse(.invalid(field: "cursor", reason: "Invalid cursor")))
      }
      end = value
    }
    let start = max(0, end - Replicate.pageSize)
    func page(_ end: Int) -> JSON {
      .string("\(world.address)/v1/predictions?cursor=\(String(end, radix: 16))")
    }
    let results = indexes[start..<end].reversed().map { index in
      ReplicatePrediction.json(world.jobs[index], in: world, as: .read)
    }
    let body: JSON = [
      "next": start > 0 ? page(start) : nil,
      "previous": end < indexes.count ? page(min(indexes.count, end + Replicate.pageSize)) : nil,
      "results": .array(Array(results)),
    ]
    return .reply(limited(.json(200, body), remaining: 2999))
  }

  /// Any version of any model is there: the official clients ask before they run one, to learn
  /// whether its output is a stream. The schema says nothing, as an array or a file would not.
  private func version(_ request: Request, _ id: String, _ world: World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    let body: JSON = [
      "id": .string(id), "created_at": .string(world.timestamp(0).description),
      "cog_version": "0.9.0", "openapi_schema": [:],
    ]
    return .reply(limited(.json(200, body), remaining: 2999))
  }

  private func output(_ id: Substring, file: Substring, _ world: World) -> Answer {
    .reply(outputFile(id, file, world) ?? Reply(404, type: "text/plain", "Not Found"))
  }

  private func limited(_ reply: Reply, remaining: Int) -> Reply {
    reply.adding("ratelimit-remaining", String(remaining)).adding("ratelimit-reset", "1")
  }
}
