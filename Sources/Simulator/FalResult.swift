// What a fal job leaves: a model's own output, or an error in one of two shapes
// (https://docs.fal.ai/model-apis/errors).
import Wire

/// Renders ended jobs.
enum FalResult {
  /// The bare output of a model that made a video or images.
  static func payload(of job: SimulatedJob, address: String) -> JSON {
    if let output = job.plan.output { return output }
    let files = "\(address)/files/\(job.id)"
    // Seeds beyond Int64 were recorded from real models.
    let seed = JSON.number(String(UInt64.max - UInt64(job.id.utf8.count)))
    guard MediaGuess.isImage(job.shown["model"]?.string ?? "") else {
      return [
        "video": [
          "url": .string("\(files)/out.mp4"), "content_type": "video/mp4", "file_name": "out.mp4",
        ],
        "seed": seed,
      ]
    }
    let count = min(max(job.input["num_images"]?.int ?? 1, 1), 4)
    let images = (0..<count).map { number -> JSON in
      [
        "url": .string("\(files)/out-\(number).png"), "content_type": "image/png", "width": 1,
        "height": 1,
      ]
    }
    return [
      "images": .array(images), "seed": seed, "prompt": job.input["prompt"] ?? "",
      "has_nsfw_concepts": .array(Array(repeating: false, count: count)),
    ]
  }

  /// How a job went wrong.
  struct Failure {
    let status: Int
    let type: String
    let text: String
    /// A model's error is a list with places; a request's is one text.
    let isModels: Bool

    var reply: Reply {
      guard isModels else {
        let reply = Fal().requestError(status, type, text)
        return type == "request_timeout"
          ? reply.adding("X-Fal-Request-Timeout-Type", "user") : reply
      }
      let detail: JSON = [["loc": ["body"], "msg": .string(text), "type": .string(type)]]
      return Reply.json(status, ["detail": detail])
        .adding("X-Fal-Retryable", status >= 500 ? "true" : "false")
    }
  }

  /// How a job that did not succeed went wrong.
  static func failure(of job: SimulatedJob, _ outcome: Outcome) -> Failure {
    let text = job.plan.error
    return switch outcome {
    case .moderated:
      Failure(
        status: 422, type: "content_policy_violation",
        text: text ?? "The content could not be processed because it was flagged.", isModels: true)
    case .aborted:
      Failure(
        status: 504, type: "request_timeout", text: text ?? "Request timed out", isModels: false)
    case .canceled:
      Failure(
        status: 499, type: "client_cancelled", text: text ?? "Request was cancelled by the client",
        isModels: false)
    case .failed, .succeeded:
      Failure(
        status: 500, type: "internal_server_error", text: text ?? "Internal server error",
        isModels: true)
    }
  }

  static func failure(of job: SimulatedJob, endedAs outcome: Outcome) -> Failure? {
    outcome == .succeeded ? nil : failure(of: job, outcome)
  }
}

/// What kind of file a model makes, guessed from its name.
enum MediaGuess {
  static func isImage(_ model: String) -> Bool {
    let name = model.lowercased()
    func names(_ words: [String]) -> Bool { words.contains { name.contains(Substring($0)) } }
    if names(["to-video", "2video", "dop", "kling", "lipsync"]) { return false }
    return names([
      "sdxl", "flux", "diffusion", "image", "photo", "imagen", "soul", "seedream", "nano-banana",
    ])
  }
}
