// What goes wrong with a provider's messages. The back end that receives them is played by curl,
// which takes what was sent from the simulator, byte by byte.
import Wire

extension Incident {
  static let ofWebhooks = [
    webhookLost, duplicateNotification, outOfOrderNotification, orphanNotification,
    verdictConflict,
  ]

  /// Where the provider is told to call: nobody is there, and nothing is sent to it.
  private static let publicURL: IncidentStep = .ledger(
    "config", "set", "public_url", "https://books.example.com")

  /// A submit by the app itself, that names its own webhook.
  private static let appBody =
    #"{"input":{"prompt":"a bird"},"webhook":"https://app.example.com/hook"}"#
  private static let appPath = "/v1/models/acme/video/predictions"

  private static func tracked(_ job: String, _ id: String) -> IncidentStep {
    .ledger(
      "track", "--provider", "replicate", "--external-id", id, "--account", "acme", "--hold", "5",
      "--id", job)
  }

  private static let webhookLost = Incident(
    "WEBHOOK_LOST", "the webhook never came",
    provider: "replicate",
    story: """
      The provider was told where to call, and its call never arrived: a firewall, a redirect, a \
      413. Who waits for it waits for ever; who also asks does not.
      """,
    behave: { $0.faults = [Fault(.lost, phase: .webhook)] }
  ) { _ in
    IncidentScript(
      play: [.ledger("grant", "acme", "100"), publicURL]
        + submit("hush-1", to: "replicate", model: "acme/video", hold: "5", #"{"prompt":"snow"}"#)
        + [
          .ledger("poll", "--drain"), .sleep(6, note: "long enough for a call that was sent"),
        ],
      expect: .init(
        job: "hush-1", state: "succeeded", captured: "5",
        events: ["job.polled", "credit.captured"],
        evidence: ["job.dispatch_started", "job.polled", "job.succeeded"],
        next: "ledger config get public_url"))
  }

  private static let duplicateNotification = Incident(
    "DUPLICATE_NOTIFICATION", "the same webhook, twice",
    provider: "replicate",
    story: """
      The provider sends its last message again, because the first answer was slow. Each of the \
      two would charge the customer.
      """,
    behave: { $0.faults = [Fault(.twice, phase: .webhook)] }
  ) { stage in
    IncidentScript(
      play: [.ledger("grant", "acme", "100"), publicURL]
        + submit("echo-1", to: "replicate", model: "acme/video", hold: "5", #"{"prompt":"echo"}"#)
        + [.ledger("poll", "--once")] + stage.takesWebhook("completed")
        + stage.takesWebhook("completed", 2),
      expect: .init(
        job: "echo-1", state: "succeeded", captured: "5",
        events: ["job.notified", "credit.captured"],
        evidence: ["job.notified", "job.notified"]))
  }

  private static let outOfOrderNotification = Incident(
    "OUT_OF_ORDER_NOTIFICATION", "\"processing\" after \"succeeded\"",
    provider: "replicate",
    story: """
      The message about the job's start comes after the one about its end. Who believes the last \
      word said takes a finished job for a running one.
      """
  ) { stage in
    let id = stage.id(of: appPath, appBody)
    return IncidentScript(
      play: [
        .ledger("grant", "acme", "100"), stage.appSubmits(appPath, appBody), tracked("bird-1", id),
      ] + stage.takesWebhook("completed") + stage.takesWebhook("start"),
      expect: .init(
        job: "bird-1", state: "succeeded", captured: "5",
        events: ["job.notified", "credit.captured"],
        evidence: ["job.notified", "job.notified"]))
  }

  private static let orphanNotification = Incident(
    "ORPHAN_NOTIFICATION", "a webhook of a job that nobody knows",
    provider: "replicate",
    story: """
      A webhook arrives before the app has told anybody that it submitted the job. Thrown away, it \
      would be missed later.
      """
  ) { stage in
    let id = stage.id(of: appPath, appBody)
    return IncidentScript(
      play: [.ledger("grant", "acme", "100"), stage.appSubmits(appPath, appBody)]
        + stage.takesWebhook("completed"),
      expect: .init(
        events: ["notification.orphaned"], evidence: ["notification.orphaned"],
        next: "ledger track --provider replicate --external-id \(id)"),
      mend: [tracked("bird-1", id), .ledger("poll", "--drain")],
      afterwards: .init(
        job: "bird-1", state: "succeeded", captured: "5", events: ["credit.captured"]))
  }

  private static let verdictConflict = Incident(
    "VERDICT_CONFLICT", "succeeded, and then it failed",
    provider: "replicate",
    story: """
      The customer showed the video, so an operator decided that the job had succeeded. Then the \
      provider says that it failed. The money stays where it is, and both words stand.
      """,
    behave: { $0.pace = pace(2) }
  ) { stage in
    IncidentScript(
      play: [.ledger("grant", "acme", "100"), publicURL]
        + submit(
          "two-words", to: "replicate", model: "acme/video", hold: "5",
          #"{"prompt":"a coin","simulate":{"outcome":"failed"}}"#)
        + [
          .ledger("poll", "--once"),
          .ledger(
            "resolve", "two-words", "--as", "succeeded", "--reason", "the customer has the video"),
        ] + stage.takesWebhook("completed"),
      expect: .init(
        job: "two-words", state: "succeeded", captured: "5",
        events: ["job.resolved", "job.notified", "credit.captured"],
        evidence: ["job.resolved", "job.succeeded", "job.notified"],
        next: "ledger refund two-words"))
  }
}
