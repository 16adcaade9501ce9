// A self-hosted generation service whose POST blocks until the work is done ("Master Mode" in
// PRODUCT.md). There is no public API; the shapes follow its incident report and FastAPI's manners.
import Wire

/// The simulated self-hosted service.
struct SelfHosted: ProviderModel {
  let name = "self-hosted"
  let root = "api"
  let outputLifeSeconds = Double.infinity
  let fields = FieldNames(id: "id", word: "status", outputs: ["video_url"])

  var routes: [Route] {
    [
      Route("POST", "/api/master-mode/generate-story", .submit) { request, _, world in
        submit(request, &world)
      },
      Route("GET", "/api/generations/{id}", .status) { _, path, world in
        guard let index = world.index(of: String(path[0]), provider: name) else {
          return .reply(refuse(.notFound))
        }
        world.notePoll(of: index)
        return .reply(.json(200, generation(world.jobs[index], in: world)))
      },
      Route("GET", "/api/master-mode/progress/{id}", .stream) { request, path, world in
        // Browsers send an Origin, and this service was seen to refuse some of them.
        guard request.headers["origin"] == nil else {
          return .reply(.json(403, ["detail": "Forbidden"]))
        }
        guard let index = world.index(of: String(path[0]), provider: name) else {
          return .reply(refuse(.notFound))
        }
        return .reply(
          .events(
            EventStream(of: index, in: world, replays: false) { job, _, world in
              [ServerEvent(generation(job, in: world))]
            }))
      },
      Route("GET", "/api/outputs/{id}/{file}", .output) { _, path, world in
        .reply(outputFile(path[0], path[1], world) ?? refuse(.notFound))
      },
    ]
  }

  /// The client's own id, whatever else the body says.
  func identity(of submit: Request) -> String {
    if let id = clientID(submit.json) { return id }
    var fingerprint = Fingerprint(submit.path)
    fingerprint.add(submit.body)
    return fingerprint.description
  }

  /// One's own machine bills nothing.
  func bills(_ outcome: Outcome) -> Bool { false }

  func word(for state: SimulatedJob.State) -> String {
    switch state {
    case .queued, .running: "processing"
    case .ended(.succeeded): "completed"
    case .ended: "failed"
    }
  }

  /// An id of 1 to 128 characters that is safe in a path (INTERFACES.md, job ids).
  private func clientID(_ body: JSON?) -> String? {
    guard let id = body?["client_generation_id"]?.string, (1...128).contains(id.utf8.count),
      id.utf8.allSatisfy({ byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
          UInt8(ascii: ":"), UInt8(ascii: "-"):
          true
        default: false
        }
      })
    else { return nil }
    return id
  }

  /// Blocks until the generation is done. The job is in the world from the first POST on, so it
  /// runs on when the client leaves; another POST with the same id waits for the same job.
  private func submit(_ request: Request, _ world: inout World) -> Answer {
    guard let body = request.json, body.object != nil else {
      return .reply(refuse(.invalid(field: "", reason: "JSON decode error")))
    }
    guard let id = clientID(body) else {
      return .reply(
        refuse(
          .invalid(
            field: "client_generation_id", reason: "field required (1 to 128 of A-Za-z0-9._:-)")))
    }
    if let known = world.index(of: id, provider: name) { return blocked(on: known, world) }
    let wish: JobWish
    do {
      wish = try JobWish(in: body)
    } catch {
      return .reply(refuse(.invalid(field: error.member, reason: error.reason)))
    }
    var order = JobOrder(
      self, identity: id, input: body, inputBytes: request.body.count, wish: wish)
    order.id = id
    guard let index = world.create(order) else { return .reply(refuse(.unavailable(status: 503))) }
    return blocked(on: index, world)
  }

  private func blocked(on index: Int, _ world: World) -> Answer {
    let job = world.jobs[index]
    guard job.state(at: world.now).hasEnded else {
      return .wait(until: job.endsAt) { world in blocked(on: index, world) }
    }
    return .reply(.json(200, generation(job, in: world)))
  }

  /// The generation as both the blocking POST and the status route show it.
  private func generation(_ job: SimulatedJob, in world: World) -> JSON {
    let state = job.state(at: world.now)
    let scenes = min(max(job.input["num_scenes"]?.int ?? 4, 1), 50)
    let done =
      state == .ended(.succeeded) ? scenes : Int(job.fraction(at: world.now) * Double(scenes))
    let files = "\(world.address)/api/outputs/\(job.id)"
    let finished = state == .ended(.succeeded)
    return [
      "id": .string(job.id),
      "status": .string(word(for: state)),
      "progress": .number(Self.percent(finished ? 1 : job.fraction(at: world.now))),
      "stage": .string(stage(state, done: done, of: scenes)),
      "video_url": finished ? job.plan.output ?? .string("\(files)/story.mp4") : .null,
      "temp_clip_paths": .array((0..<done).map { .string("temp/\(job.id)/scene_\($0 + 1).mp4") }),
      "num_scenes": .int(scenes),
      "error": error(of: job, state),
    ]
  }

  /// A fraction with two decimals.
  private static func percent(_ fraction: Double) -> String {
    let hundredths = Int(fraction * 100)
    return "\(hundredths / 100)." + (hundredths % 100 < 10 ? "0" : "") + "\(hundredths % 100)"
  }

  private func stage(_ state: SimulatedJob.State, done: Int, of scenes: Int) -> String {
    switch state {
    case .queued: "queued"
    case .running: "scene \(done + 1) of \(scenes)"
    case .ended(.succeeded): "done"
    case .ended: "stopped after scene \(done) of \(scenes)"
    }
  }

  private func error(of job: SimulatedJob, _ state: SimulatedJob.State) -> JSON {
    guard case .ended(let outcome) = state, outcome != .succeeded else { return .null }
    if let error = job.plan.error { return .string(error) }
    switch outcome {
    case .moderated: return "A scene was rejected by the content policy"
    case .canceled: return "Generation was canceled on the server"
    case .aborted: return "Generation was never started: the queue's deadline passed"
    case .failed, .succeeded: return "Scene rendering failed"
    }
  }
}

extension SelfHosted {
  /// FastAPI: `{"detail": text}`, or a list of `{loc,msg,type}` for a body that is not as declared.
  func refuse(_ refusal: Refusal) -> Reply {
    func detail(_ status: Int, _ text: String) -> Reply {
      .json(status, ["detail": .string(text)])
    }
    switch refusal {
    case .unauthenticated:
      return detail(401, "Not authenticated").adding("WWW-Authenticate", "Bearer")
    case .insufficientCredit: return detail(402, "Payment required")
    case .notFound: return detail(404, "Not Found")
    case .tooLarge: return detail(413, "Request body too large")
    case .unavailable(let status): return detail(status, "Service unavailable")
    case .throttled(let seconds):
      let reply = detail(429, "Too many requests")
      return seconds.map { reply.adding("Retry-After", String($0)) } ?? reply
    case .invalid(let field, let reason):
      let place: [JSON] = field.isEmpty ? ["body"] : ["body", .string(field)]
      return .json(
        422,
        ["detail": [["loc": .array(place), "msg": .string(reason), "type": "value_error"]]])
    }
  }
}
