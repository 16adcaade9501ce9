// What goes wrong at the end: the verdict, the output, the money.
import Wire

extension Incident {
  static let ofVerdicts = [
    lateSuccess, completedWithoutOutput, outputExpired, moderated, billedWithoutCapture,
    capturedNotBilled,
  ]

  private static let lateSuccess = Incident(
    "LATE_SUCCESS_AFTER_RELEASE", "the credits are back, and then it succeeds",
    provider: "replicate",
    story: """
      The hold came to its end while the job still ran, so the customer got the credits back. Then \
      the job succeeded after all.
      """,
    behave: { $0.pace = pace(11) }
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit(
          "slow-1", to: "replicate", model: "acme/video", hold: "5", #"{"prompt":"a snail"}"#,
          more: "--hold-expires", "5s")
        + [
          .ledger("poll", "--once"), .sleep(6), .ledger("poll", "--once"),
          .ledger("status", "slow-1"), .sleep(6),
        ] + IncidentStep.look("slow-1"),
      expect: .init(
        job: "slow-1", state: "succeeded", released: "5",
        events: ["job.expired", "credit.released", "job.recovered"],
        evidence: ["job.expired", "credit.released", "job.recovered"],
        next: "ledger status slow-1"))
  }

  private static let completedWithoutOutput = Incident(
    "COMPLETED_WITHOUT_OUTPUT", "it succeeded, and there is nothing",
    provider: "replicate",
    story: "The provider says succeeded and gives no output. That is nothing to charge for."
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit(
          "empty-1", to: "replicate", model: "acme/video", hold: "5",
          #"{"prompt":"a void","simulate":{"output":null}}"#)
        + [.ledger("poll", "--drain")],
      expect: .init(
        job: "empty-1", state: "failed", released: "5", events: ["job.failed", "credit.released"],
        evidence: ["job.polled", "job.failed"]))
  }

  private static let outputExpired = Incident(
    "OUTPUT_EXPIRED_UNSAVED", "the output was removed before it was saved",
    provider: "replicate",
    story: """
      The provider keeps outputs for an hour. When somebody came to save this one, it was gone; \
      what to do with the customer's money is for a person to say.
      """,
    behave: { $0.outputLifeSeconds = 0 }
  ) { stage in
    IncidentScript(
      play: [
        .ledger("grant", "acme", "100"),
        .ledger("config", "set", "store", "file://\(stage.file("outputs"))"),
        .ledger("config", "set", "capture_on", "stored"),
      ]
        + submit("gone-1", to: "replicate", model: "acme/video", hold: "5", #"{"prompt":"ice"}"#)
        + [.ledger("poll", "--once"), .sleep(2)] + IncidentStep.look("gone-1")
        + [.ledger("poll", "--once")],
      expect: .init(
        job: "gone-1", state: "storing", held: "5",
        events: ["job.storing", "job.store_failed"],
        evidence: ["job.store_failed"],
        next: "ledger resolve gone-1 --as failed"),
      mend: [.ledger("resolve", "gone-1", "--as", "failed", "--reason", "the video is lost")],
      afterwards: .init(
        job: "gone-1", state: "failed", released: "5", events: ["credit.released"]))
  }

  private static let moderated = Incident(
    "MODERATED", "refused for its content",
    provider: "fal",
    story: """
      The provider refuses the input for its content. The customer should hear that, and not \
      \"something went wrong\".
      """
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit(
          "rude-1", to: "fal", model: "fal-ai/flux/dev", hold: "2",
          #"{"prompt":"rude","simulate":{"outcome":"moderated"}}"#)
        + [.ledger("poll", "--once"), .sleep(2)] + IncidentStep.look("rude-1")
        + [.ledger("poll", "--once")],
      expect: .init(
        job: "rude-1", state: "failed", released: "2", events: ["job.failed", "credit.released"],
        evidence: ["job.polled", "job.failed"]))
  }

  private static let billedWithoutCapture = Incident(
    "PROVIDER_BILLED_WITHOUT_CAPTURE", "we pay for what nobody paid us for",
    provider: "replicate",
    story: """
      The job failed and the customer got the credits back. The provider bills the time it worked \
      all the same: a line of the invoice without a capture.
      """
  ) { stage in
    IncidentScript(
      play: [.ledger("grant", "acme", "100")]
        + submit(
          "loss-1", to: "replicate", model: "acme/video", hold: "5",
          #"{"prompt":"a crash","simulate":{"outcome":"failed"}}"#)
        + [.ledger("poll", "--drain")] + stage.takesInvoice,
      expect: .init(
        job: "loss-1", state: "failed", released: "5", events: ["job.failed", "credit.released"],
        evidence: ["job.failed", "credit.released", "provider.billed"],
        next: "ledger timeline loss-1"))
  }

  private static let capturedNotBilled = Incident(
    "CAPTURED_NOT_BILLED", "charged, and not on the provider's bill",
    provider: "fal",
    story: """
      A customer was charged for a job that is on no line of the provider's invoice: it failed \
      there, and an operator had decided otherwise.
      """
  ) { stage in
    IncidentScript(
      // An invoice is known to be complete between its first line and its last.
      play: [.ledger("grant", "acme", "100")]
        + submit(
          "paid-1", to: "fal", model: "fal-ai/flux/dev", hold: "1", #"{"prompt":"before"}"#)
        + [.ledger("poll", "--drain")]
        + submit(
          "gift-1", to: "fal", model: "fal-ai/flux/dev", hold: "5",
          #"{"prompt":"a gift","simulate":{"outcome":"failed","seconds":2}}"#)
        + [
          .ledger("poll", "--once"),
          .ledger("resolve", "gift-1", "--as", "succeeded", "--reason", "seen by the customer"),
        ]
        + submit(
          "paid-2", to: "fal", model: "fal-ai/flux/dev", hold: "1", #"{"prompt":"after"}"#)
        + [.ledger("poll", "--drain"), .sleep(1)] + stage.takesInvoice,
      expect: .init(
        job: "gift-1", state: "succeeded", captured: "5",
        events: ["job.resolved", "credit.captured"],
        evidence: ["job.succeeded", "credit.captured", "provider.billed"],
        next: "ledger refund gift-1"))
  }
}
