// GET /metrics.

import HTTPServer
import Ledger
import Posix
import Wire

enum MetricsResource {
  static func get(_ call: Call) throws {
    _ = try Query(call, [])
    guard call.principal.seesAll else {
      throw Problem(403, "not_allowed", "the figures are of all accounts at once")
    }
    call.later {
      var text = MetricsText()
      let now = call.now
      try house(call.read { try HouseFigures(&$0, now: now) }, &text)
      service(call.service, &text)
      process(&text)
      call.reply(
        ServerReply(
          200,
          headers: [("Content-Type", MetricsText.contentType), ("Cache-Control", "no-store")],
          body: text.bytes))
    }
  }

  private static func house(_ figures: HouseFigures, _ text: inout MetricsText) {
    text.add("ledger_head", .gauge, "Position of the last event.", Double(figures.head))
    text.add(
      "ledger_jobs", .gauge, "Jobs by state.",
      figures.jobs.map { ([("state", $0.state.name)], Double($0.count)) })
    text.add(
      "ledger_jobs_unpolled", .gauge, "Jobs that the provider has and was never asked about.",
      Double(figures.unpolled))
    text.add(
      "ledger_holds_open", .gauge, "Holds neither captured nor released.",
      Double(figures.holdsOpen))
    text.add(
      "ledger_hold_oldest_seconds", .gauge, "Age of the oldest open hold; 0 without one.",
      figures.oldestHoldSeconds)
    text.add(
      "ledger_poll_lag_seconds", .gauge, "How late the poller is with the job due first.",
      figures.pollLagSeconds)
    text.add(
      "ledger_disk_floor_bytes", .gauge, "Free bytes below which nothing is written.",
      Double(figures.diskFloor))
  }

  private static func service(_ service: Service, _ text: inout MetricsText) {
    let (captures, replies) = service.logWatch.now
    if let free = try? service.books.freeBytes() {
      text.add(
        "ledger_free_bytes", .gauge, "Free bytes on the home's file system.", Double(free))
    }
    text.add(
      "ledger_poller_heartbeat_age_seconds", .gauge,
      "Since the active poller's last sign of life; +Inf without one.",
      service.books.home.heartbeat?.ageSeconds ?? .infinity)
    text.add(
      "ledger_provider_replies_total", .counter,
      "Replies and messages of providers since the start, by what they mean.",
      replies.counts.sorted { $0.key < $1.key }.map {
        ([("provider", $0.key.provider), ("class", $0.key.replyClass.name)], Double($0.value))
      })
    let commits = service.books.commitTimes.now
    text.add(
      "ledger_commit_seconds", "Commits of this process until they were durable.",
      bounds: CommitTimes.bounds, counts: commits.counts, sum: commits.sumSeconds)
    text.add(
      "ledger_streams_open", .gauge, "Clients that follow events.",
      Double(service.followers.count))
    text.add(
      "ledger_captures_without_evidence", .gauge, "Charges that nothing earned: never more than 0.",
      Double(captures.count))
    text.add(
      "ledger_captures_checked_head", .gauge, "Position up to which charges were looked at.",
      Double(captures.through))
  }

  /// By the names that Prometheus' own libraries give them.
  private static func process(_ text: inout MetricsText) {
    guard let figures = ProcessFigures() else { return }
    text.add(
      "process_resident_memory_bytes", .gauge, "Resident memory size in bytes.",
      Double(figures.residentBytes))
    text.add(
      "process_open_fds", .gauge, "Number of open file descriptors.",
      Double(figures.openDescriptors))
    text.add(
      "process_max_fds", .gauge, "Maximum number of open file descriptors.",
      Double(figures.maxDescriptors))
    text.add(
      "process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.",
      figures.processorSeconds)
    text.add("process_threads", .gauge, "Number of threads.", Double(figures.threads))
  }
}
