// Higgsfield's current API. Facts: https://docs.higgsfield.ai and its official Python client.
import Wire

/// The simulated Higgsfield.
struct Higgsfield: ProviderModel {
  let name = "higgsfield"
  let root = "requests"
  let takesEveryPath = true
  /// Seven days (documentation).
  let outputLifeSeconds = 7 * 86_400.0
  let fields = FieldNames(id: "request_id", word: "status", outputs: ["images", "video"])

  var routes: [Route] {
    [
      Route("GET", "/requests/{id}/status", .status) { request, path, world in
        withJob(request, path[0], &world) { index, world in
          world.notePoll(of: index)
          return Reply.json(200, .object(body(of: world.jobs[index], in: world)))
        }
      },
      Route("POST", "/requests/{id}/cancel", .cancel) { request, path, world in
        withJob(request, path[0], &world) { index, world in cancel(index, &world) }
      },
      Route("DELETE", "/requests/{id}", .cancel) { request, path, world in
        withJob(request, path[0], &world) { index, world in
          if world.jobs[index].state(at: world.now) == .queued { world.cancel(index) }
          world.hide(index)
          return Reply(204, type: "application/json", body: [])
        }
      },
      Route("GET", "/outputs/{id}/{file}", .output) { _, path, world in
        .reply(outputFile(path[0], path[1], world) ?? refuse(.notFound))
      },
      Route("POST", "/estimate/{model...}", .list) { request, path, world in
        guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
        let price = Higgsfield.price(of: String(path[0]))
        // Decimal strings with three places, a credit being a sixteenth of a dollar.
        return .reply(
          Reply.json(
            200,
            [
              "credits": .string(Higgsfield.thousandths(price / 1000)),
              "usd": .string(Higgsfield.thousandths(price / 16_000)),
            ]))
      },
      Route("POST", "/{model...}", .submit) { request, path, world in
        submit(request, model: path[0], &world)
      },
    ]
  }

  /// With a key, submits with one key are one piece of work.
  func identity(of submit: Request) -> String {
    if let key = submit.headers["idempotency-key"] { return "key " + key }
    var fingerprint = Fingerprint(submit.path)
    fingerprint.add(submit.json?.canonicalBytes ?? submit.body)
    return fingerprint.description
  }

  /// Failed and moderated requests are not charged; one canceled in the queue is given back.
  func bills(_ outcome: Outcome) -> Bool { outcome == .succeeded }

  func microcredits(for job: SimulatedJob) -> Int64 {
    Higgsfield.price(of: job.shown["model"]?.string ?? "")
  }

  func word(for state: SimulatedJob.State) -> String {
    switch state {
    case .queued: "queued"
    case .running: "in_progress"
    case .ended(.succeeded): "completed"
    case .ended(.moderated): "nsfw"
    case .ended(.canceled): "canceled"
    case .ended: "failed"
    }
  }

  /// What a request costs, in micro-credits: an image 1.5 credits, a video 9.
  static func price(of model: String) -> Int64 {
    MediaGuess.isImage(model) ? 1_500_000 : 9_000_000
  }

  static func thousandths(_ value: Int64) -> String {
    let fraction = String(value % 1000)
    return "\(value / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count) + fraction
  }

  /// Today's header, or the two of older clients.
  func isAuthenticated(_ request: Request) -> Bool {
    let parts = (request.headers["authorization"] ?? "").split(separator: " ")
    if parts.count == 2, parts[0].lowercased() == "key", parts[1].contains(":") { return true }
    return request.headers["hf-api-key"] != nil && request.headers["hf-secret"] != nil
  }

  private func withJob(
    _ request: Request, _ id: Substring, _ world: inout World,
    _ body: (Int, inout World) -> Reply
  ) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let index = world.index(of: String(id), provider: name) else {
      return .reply(refuse(.notFound))
    }
    return .reply(body(index, &world))
  }

  private func cancel(_ index: Int, _ world: inout World) -> Reply {
    guard world.jobs[index].state(at: world.now) == .queued else {
      return Reply.json(400, ["detail": "Request cannot be canceled: it is not queued any more"])
    }
    world.cancel(index)
    return Reply(202, type: "application/json", body: [])
  }

  private func submit(_ request: Request, model: Substring, _ world: inout World) -> Answer {
    guard isAuthenticated(request) else { return .reply(refuse(.unauthenticated)) }
    guard let input = request.json, input.object != nil else {
      return .reply(refuse(.invalid(field: "", reason: "Input should be a valid dictionary")))
    }
    let wish: JobWish
    do {
      wish = try HiggsfieldSubmit.check(request, input)
    } catch {
      return .reply(refuse(.invalid(field: error.member, reason: error.reason)))
    }
    var content = Fingerprint(request.path)
    content.add(input.canonicalBytes)
    if let key = request.headers["idempotency-key"], let earlier = world.keyed(key, of: name) {
      guard earlier.content == content else {
        return .reply(
          Reply.json(422, ["detail": "Idempotency-Key was used with another request"]))
      }
      return .reply(.json(200, .object(self.body(of: world.jobs[earlier.index], in: world))))
    }
    if let slots = world.options.concurrency, world.openJobs(of: name) >= slots {
      let text = "Maximum number of concurrent requests (\(slots)) has been reached"
      return .reply(Reply.json(400, ["detail": .string(text)]))
    }
    var order = JobOrder(
      self, identity: identity(of: request), input: input, inputBytes: request.body.count,
      wish: wish)
    order.shown["model"] = .string(String(model))
    order.webhook = request.query["hf_webhook"].map { WebhookTarget(url: $0) }
    order.outputLifeSeconds = HiggsfieldSubmit.expiresAfter(request)
    guard let index = world.create(order) else {
      return .reply(refuse(.unavailable(status: 503)))
    }
    if let key = request.headers["idempotency-key"] {
      world.remember(key, of: name, content: content, index: index)
    }
    return .reply(.json(200, .object(self.body(of: world.jobs[index], in: world))))
  }

  /// The status object; the answer to a submit has the same shape.
  func body(of job: SimulatedJob, in world: World) -> JSONObject {
    let state = job.state(at: world.now)
    let url = "\(world.address)/requests/\(job.id)"
    var body = JSONObject([
      JSONObject.Member("status", .string(word(for: state))),
      JSONObject.Member("request_id", .string(job.id)),
      JSONObject.Member("status_url", .string(url + "/status")),
      JSONObject.Member("cancel_url", .string(url + "/cancel")),
    ])
    switch state {
    case .ended(.succeeded): addOutput(to: &body, job, "\(world.address)/outputs/\(job.id)")
    case .ended(.failed), .ended(.aborted):
      body["error"] = .string(job.plan.error ?? "Generation failed")
    default: break
    }
    return body
  }

  private func addOutput(to body: inout JSONObject, _ job: SimulatedJob, _ files: String) {
    if let output = job.plan.output?.object {
      for member in output.members { body[member.name] = member.value }
    } else if job.plan.output != nil {
      return
    } else if MediaGuess.isImage(job.shown["model"]?.string ?? "") {
      let count = min(max(job.input["num_images"]?.int ?? 1, 1), 4)
      body["images"] = .array(
        (0..<count).map { ["url": .string("\(files)/out-\($0).png")] })
    } else {
      body["video"] = ["url": .string("\(files)/out.mp4")]
    }
  }
}
