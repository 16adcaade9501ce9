// What goes wrong while a job is watched.
import Wire

extension Incident {
  static let ofWatching = [stuckInQueue, status404, unknownWord, streamRefused]

  private static let stuckInQueue = Incident(
    "STUCK_IN_QUEUE", "queued, and nothing moves",
    provider: "fal",
    story: """
      The job stays IN_QUEUE for longer than anybody waits. That is our impatience, not a verdict: \
      the job is overdue, and the hold stays until the provider says something.
      """,
    behave: { $0.pace = pace(3600) }
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit(
          "queue-1", to: "fal", model: "fal-ai/sora-2/text-to-video", hold: "9",
          #"{"prompt":"a queue"}"#, more: "--patience", "2s")
        + [.ledger("poll", "--once"), .sleep(3)] + IncidentStep.look("queue-1"),
      expect: .init(
        job: "queue-1", state: "overdue", held: "9", events: ["job.overdue"],
        evidence: ["job.polled", "job.overdue"], next: "ledger cancel queue-1"),
      mend: [.ledger("cancel", "queue-1"), .ledger("poll", "--once")]
        + IncidentStep.look("queue-1"),
      afterwards: .init(
        job: "queue-1", state: "canceled", released: "9",
        events: ["job.cancel_requested", "job.canceled"]))
  }

  private static let status404 = Incident(
    "STATUS_404", "the status says that there is no such job",
    provider: "replicate",
    story: """
      Right after the submit the provider's readers do not know the job yet. A 404 is no verdict: \
      the job is asked for again.
      """,
    behave: { $0.faults = [Fault(.flapping, phase: .status, times: 2)] }
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit("lost-1", to: "replicate", model: "acme/video", hold: "2", #"{"prompt":"fog"}"#)
        + [.ledger("poll", "--drain")],
      expect: .init(
        job: "lost-1", state: "succeeded", captured: "2",
        events: ["job.polled", "credit.captured"],
        evidence: ["job.polled", "job.polled"]))
  }

  private static let unknownWord = Incident(
    "UNKNOWN_STATUS_WORD", "a word that no profile knows",
    provider: "replicate",
    story: """
      The provider has a new word for a job that goes on. It means neither success nor failure, \
      and somebody should know that it was said.
      """,
    behave: { $0.faults = [Fault(.unknownWord, phase: .status, times: 2)] }
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit("word-1", to: "replicate", model: "acme/video", hold: "2", #"{"prompt":"ink"}"#)
        + [.ledger("poll", "--drain")],
      expect: .init(
        job: "word-1", state: "succeeded", captured: "2",
        events: ["job.polled", "credit.captured"],
        evidence: ["job.polled", "job.polled"], next: "ledger provider show replicate"))
  }

  private static let streamRefused = Incident(
    "STREAM_REFUSED", "the event stream is refused with 403",
    provider: "self-hosted",
    story: """
      The backend refuses the progress stream. Whoever has nothing but the stream sees nothing; \
      the status can still be asked for.
      """,
    behave: {
      $0.pace = pace(8)
      $0.faults = [Fault(.forbidden, phase: .stream)]
    }
  ) { _ in
    IncidentScript(
      play: [
        .ledger("grant", "acme", "100"),
        .ledger(
          "submit", "--provider", "self-hosted", "--account", "acme", "--hold", "6", "--id",
          "tale-1", "--input", #"{"prompt":"a tale","num_scenes":2}"#),
        .ledger("poll", "--drain"),
      ],
      expect: .init(
        job: "tale-1", state: "succeeded", captured: "6",
        events: ["job.succeeded", "credit.captured"],
        evidence: ["job.notified"]))
  }
}
