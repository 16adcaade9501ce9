// What goes wrong between a submit and its handle.
import Wire

extension Incident {
  static let ofSubmits = [submitUncertain, duplicateHandle, authRefused, rateLimited]

  /// `ledger submit` of a job of account `acme`.
  static func submit(
    _ id: String, to provider: String, model: String, hold: String, _ input: String,
    more words: String...
  ) -> [IncidentStep] {
    let submit = [
      "ledger", "submit", "--provider", provider, "--model", model, "--account", "acme", "--hold",
      hold, "--id", id, "--input", input,
    ]
    return [.run(submit + words)]
  }

  private static let submitUncertain = Incident(
    "SUBMIT_UNCERTAIN", "sent, and the answer was lost",
    provider: "fal",
    story: """
      The provider accepted the job, and the connection broke before it said so. To send it again \
      could be to pay twice.
      """,
    behave: { $0.faults = [Fault(.dropAfter, phase: .submit, times: 1)] }
  ) { stage in
    let input = #"{"prompt":"a comet"}"#
    let id = stage.id(of: "/fal-ai/flux/dev", input)
    return IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit("comet-1", to: "fal", model: "fal-ai/flux/dev", hold: "3", input)
        + [.ledger("poll", "--drain", exit: 75)],
      expect: .init(
        job: "comet-1", state: "parked", held: "3",
        events: ["job.dispatch_uncertain", "job.parked"],
        evidence: ["job.dispatch_started", "job.dispatch_uncertain", "job.parked"],
        next: "ledger track --provider fal --external-id EXTERNAL_ID"),
      mend: [
        .ledger(
          "track", "--provider", "fal", "--external-id", id, "--model", "fal-ai/flux/dev",
          "--account", "acme", "--id", "comet-1"),
        .ledger("poll", "--drain"),
      ],
      afterwards: .init(
        job: "comet-1", state: "succeeded", captured: "3", events: ["credit.captured"]))
  }

  private static let duplicateHandle = Incident(
    "DUPLICATE_HANDLE", "two jobs were given one id",
    provider: "replicate",
    story: """
      The provider answers the second job's submit with the id of the first. Whoever believes it \
      shows one customer the other one's video, and charges both.
      """,
    behave: {
      // With this seed the second submit is struck and the first is not.
      $0.seed = 4
      $0.faults = [Fault(.wrongID, phase: .submit, chance: 0.5)]
    }
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit("one", to: "replicate", model: "acme/video", hold: "5", #"{"prompt":"a cat"}"#)
        + [.ledger("poll", "--once")]
        + submit("two", to: "replicate", model: "acme/video", hold: "5", #"{"prompt":"a dog"}"#)
        + [.ledger("poll", "--drain", exit: 75)],
      expect: .init(
        job: "two", state: "parked", held: "5", events: ["job.parked"],
        evidence: ["job.dispatched", "job.parked"], next: "ledger resolve two --as failed"),
      mend: [.ledger("resolve", "two", "--as", "failed", "--reason", "not ours")],
      afterwards: .init(job: "two", state: "failed", released: "5", events: ["job.resolved"]))
  }

  private static let authRefused = Incident(
    "AUTH_REFUSED", "our key is not taken",
    provider: "fal",
    story: """
      The key was revoked. The customers' jobs did nothing wrong: they wait, and nothing more is \
      sent until somebody mends the key.
      """,
    behave: { $0.faults = [Fault(.unauthenticated, phase: .submit, times: 1)] }
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit(
          "key-1", to: "fal", model: "fal-ai/flux/dev", hold: "2", #"{"prompt":"a key"}"#)
        + [.ledger("poll", "--once"), .ledger("status", "--summary")],
      expect: .init(
        job: "key-1", state: "submitted", held: "2",
        events: ["job.dispatch_refused", "ledger.submission_paused"],
        evidence: ["job.dispatch_refused"], next: "ledger unpause --provider fal"),
      mend: [.ledger("unpause", "--provider", "fal"), .ledger("poll", "--drain")],
      afterwards: .init(
        job: "key-1", state: "succeeded", captured: "2", events: ["credit.captured"]))
  }

  private static let rateLimited = Incident(
    "RATE_LIMITED", "too many requests, taken for a failure",
    provider: "replicate",
    story: """
      With little credit left the provider takes six submits a minute. It refuses two with 429 and \
      says when to come again; the job is not lost for that.
      """,
    behave: { $0.faults = [Fault(.throttled, phase: .submit, number: 1, times: 2)] }
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit("late-1", to: "replicate", model: "acme/video", hold: "2", #"{"prompt":"a bus"}"#)
        + [.ledger("poll", "--drain")],
      expect: .init(
        job: "late-1", state: "succeeded", captured: "2",
        events: ["job.dispatch_refused", "credit.captured"],
        evidence: ["job.dispatch_refused", "job.dispatch_refused"]))
  }
}
