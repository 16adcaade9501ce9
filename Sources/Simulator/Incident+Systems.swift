// The incidents of the five systems that `ledger` must be able to replace (PRODUCT.md).
import Wire

extension Incident {
  static let ofSystems = [
    neverPolled, resultNotSeen, pollStopped, clientTimedOut, handleIncomplete,
  ]

  private static let neverPolled = Incident(
    "NEVER_POLLED", "accepted and paid for, never asked about",
    provider: "higgsfield",
    story: """
      An app makes an image and then a video of it. The video's submit was accepted and returned a \
      status_url; the credits are used up, and nobody ever asked there.
      """
  ) { stage in
    let image = ("/higgsfield-ai/soul/standard", #"{"prompt":"a lighthouse"}"#)
    let video = ("/higgsfield-ai/dop/standard", #"{"prompt":"waves"}"#)
    let id = stage.id(of: video.0, video.1)
    return IncidentScript(
      play: [
        .ledger("grant", "acme", "100"),
        stage.appSubmits(image.0, image.1), stage.appSubmits(video.0, video.1),
        .ledger(
          "track", "--provider", "higgsfield", "--external-id", id, "--status-url",
          "\(stage.address)/requests/\(id)/status", "--model", "higgsfield-ai/dop/standard",
          "--account", "acme", "--hold", "27", "--id", "video-1"),
        .sleep(2, note: "the video is ready, and no poller runs"),
        .ledger("status", "video-1"),
      ],
      expect: .init(
        job: "video-1", state: "dispatched", held: "27", evidence: ["job.dispatched"],
        next: "ledger poll"),
      mend: [.ledger("poll", "--drain")],
      afterwards: .init(
        job: "video-1", state: "succeeded", captured: "27",
        events: ["job.polled", "job.succeeded", "credit.captured"]))
  }

  private static let resultNotSeen = Incident(
    "RESULT_NOT_SEEN", "finished, and the page never learned it",
    provider: "superduperai",
    story: """
      A page waits for a video on an event stream that says nothing, and shows a spinner for ten \
      minutes. The video was ready all along.
      """,
    behave: { $0.faults = [Fault(.silent, phase: .stream)] }
  ) { _ in
    IncidentScript(
      play: [
        .ledger("grant", "acme", "100"),
        .ledger(
          "submit", "--provider", "superduperai", "--model", "video/veo3", "--account", "acme",
          "--hold", "4", "--id", "clip-1", "--input", #"{"prompt":"a paper boat"}"#),
        .ledger("poll", "--drain"),
        .report("clip-1", "still_waiting", ["seconds": 600]),
      ],
      expect: .init(
        job: "clip-1", state: "succeeded", captured: "4", events: ["job.succeeded"],
        evidence: ["job.succeeded", "job.client_reported"], next: "ledger status clip-1"),
      mend: [.ledger("status", "clip-1"), .delivered("clip-1", to: "page")],
      afterwards: .init(job: "clip-1", state: "succeeded", captured: "4"))
  }

  private static let pollStopped = Incident(
    "POLL_STOPPED_ON_ERROR", "one bad answer, and nobody asked again",
    provider: "replicate",
    story: """
      A lip sync runs for minutes. In the middle the provider's proxy answers one status request \
      with a web page; the loop that polled took that for the end and stopped.
      """,
    behave: { $0.faults = [Fault(.html, phase: .status, times: 1)] }
  ) { _ in
    IncidentScript(
      play: [
        .ledger("grant", "acme", "100"),
        .ledger(
          "submit", "--provider", "replicate", "--model", "acme/lipsync", "--account", "acme",
          "--hold", "5", "--id", "sync-1", "--input", #"{"text":"hello"}"#),
        .ledger("poll", "--once"), .sleep(2), .ledger("poll", "--once"),
        .sleep(5, note: "the next look is due, and nobody takes it"),
        .ledger("timeline", "sync-1"),
      ],
      expect: .init(
        job: "sync-1", state: "dispatched", held: "5", events: ["job.polled"],
        evidence: ["job.polled"], next: "ledger poll"),
      mend: [.ledger("poll", "--drain")],
      afterwards: .init(
        job: "sync-1", state: "succeeded", captured: "5",
        events: ["job.succeeded", "credit.captured"]))
  }

  private static let clientTimedOut = Incident(
    "CLIENT_TIMED_OUT_JOB_RAN", "\"Network error\" while the job ran to its end",
    provider: "self-hosted",
    story: """
      The POST of a story blocks until all scenes are done. The browser gives up first and shows \
      \"Network error\"; the server goes on and finishes.
      """,
    behave: { $0.pace = pace(4) }
  ) { stage in
    IncidentScript(
      play: [
        .ledger("grant", "acme", "100"),
        stage.appSubmits(
          "/api/master-mode/generate-story",
          #"{"client_generation_id":"story-1","prompt":"a fox","num_scenes":3}"#,
          patienceSeconds: 1),
        .ledger(
          "track", "--provider", "self-hosted", "--external-id", "story-1", "--account", "acme",
          "--hold", "12", "--id", "story-1"),
        .ledger("poll", "--once"),
        .report("story-1", "network_error", ["message": "Network error"]),
      ],
      expect: .init(
        job: "story-1", state: "running", held: "12", evidence: ["job.client_reported"],
        next: "ledger check story-1"),
      mend: [.ledger("poll", "--drain")],
      afterwards: .init(
        job: "story-1", state: "succeeded", captured: "12",
        events: ["job.succeeded", "credit.captured"]))
  }

  private static let handleIncomplete = Incident(
    "HANDLE_INCOMPLETE", "a status address without its model",
    provider: "fal",
    story: """
      fal's status needs the model beside the request id. An app kept only the id, built an \
      address without the model, and polled a 404 until its own gateway gave up.
      """
  ) { stage in
    let model = "fal-ai/kling-video/v1/standard/text-to-video"
    let body = #"{"prompt":"a kite"}"#
    let id = stage.id(of: "/" + model, body)
    return IncidentScript(
      play: [
        .ledger("grant", "acme", "100"), stage.appSubmits("/" + model, body),
        .ledger(
          "track", "--provider", "fal", "--external-id", id, "--account", "acme", "--hold", "9",
          "--id", "kite-1"),
        .ledger("poll", "--once"), .ledger("status", "kite-1"),
      ],
      expect: .init(
        job: "kite-1", state: "parked", held: "9", events: ["job.parked"],
        evidence: ["job.dispatched", "job.parked"],
        next: "ledger track --provider fal --external-id \(id) --model MODEL"),
      mend: [
        .ledger(
          "track", "--provider", "fal", "--external-id", id, "--model", model, "--account", "acme",
          "--id", "kite-1"),
        .ledger("poll", "--drain"),
      ],
      afterwards: .init(
        job: "kite-1", state: "succeeded", captured: "9",
        events: ["job.succeeded", "credit.captured"]))
  }
}
