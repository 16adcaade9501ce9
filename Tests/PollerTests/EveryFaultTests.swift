// Every kind of fault against the real poller (FAULTS, F15): each bad answer is recorded and
// classified, nothing is submitted twice, and when the faults are over the job ends as it should.

import Foundation
import Ledger
import Poller
import Posix
import Support
import Synchronization
import Testing
import Wire

@Suite("Every fault", .seeded) struct EveryFaultTests {
  /// What became of one job under one fault.
  struct Report: Sendable {
    let fault: String
    let strikes: Int
    let posts: Int
    let twice: [String]
    let job: Job?
    let polled: [ReplyClass]
    let error: String?
  }

  @Test("there are at least fifty kinds") func count() { #expect(Outside.kinds >= 50) }

  @Test("bad answers to status requests change nothing but the rhythm")
  func status() throws {
    for report in run(Outside.faults(striking: "status", times: 2), pace: 2) {
      #expect(report.error == nil, "\(report.fault): \(report.error ?? "")")
      #expect(report.strikes > 0, "\(report.fault) did not strike")
      #expect(report.posts == 1 && report.twice == [], "\(report.fault)")
      // Not one poll for each strike: libcurl asks once more when a kept connection just ends.
      #expect(report.polled.count > 1, "\(report.fault): \(report.polled)")
      let job = try #require(report.job, "\(report.fault)")
      // A success without its output, read when the work is done, is a verdict and no bad answer.
      if job.failureClass == .noOutput, report.fault.contains("no-output") { continue }
      #expect(job.state == .succeeded, "\(report.fault): \(job.state), \(report.polled)")
      #expect(job.captured == job.hold, "\(report.fault)")
    }
  }

  @Test("bad answers to submits are proved refusals, or doubt that holds the money; never repeated")
  func submit() throws {
    for report in run(Outside.faults(striking: "submit", times: 1), pace: 0.2) {
      #expect(report.error == nil, "\(report.fault): \(report.error ?? "")")
      #expect(report.strikes == 1, "\(report.fault) struck \(report.strikes) times")
      #expect(report.twice == [], "\(report.fault)")
      let job = try #require(report.job, "\(report.fault)")
      switch job.state {
      case .succeeded: #expect(job.captured == job.hold, "\(report.fault)")
      case .failed: #expect(job.released == job.hold, "\(report.fault)")
      case .parked, .submitted, .uncertain, .dispatched, .running, .overdue:
        #expect(job.openHold == job.hold, "\(report.fault)")
      default: #expect(Bool(false), "\(report.fault): \(job.state)")
      }
    }
  }

  @Test("bad answers to a cancel do not stop the job from ending, and it is paid for if it does")
  func cancel() throws {
    let faults = Outside.faults(striking: "cancel", times: 1)
    let reports = run(faults, pace: 1.5, cancels: true)
    #expect(reports.contains { $0.strikes > 0 }, "no cancel was struck")
    for report in reports {
      #expect(report.error == nil, "\(report.fault): \(report.error ?? "")")
      #expect(report.posts == 1 && report.twice == [], "\(report.fault)")
      let job = try #require(report.job, "\(report.fault)")
      #expect([.succeeded, .canceled].contains(job.state), "\(report.fault): \(job.state)")
      let paid = job.state == .succeeded ? job.captured : job.released
      #expect(paid == job.hold, "\(report.fault)")
    }
  }

  @Test("a success word without output is a failure of its own class")
  func noOutput() throws {
    let rig = try Rig(Outside(faults: "no-output", pace: "0.1"))
    try rig.submit("j")
    #expect(try rig.poll() == .drained([]))
    let job = try rig.details("j").job
    #expect(job.state == .failed && job.failureClass == .noOutput && job.released == job.hold)
  }

  @Test(
    "a wrong certificate sends nothing; with the right one the job goes out, once",
    arguments: ["tls-authority", "tls-host", "tls-expired"])
  func certificate(_ fault: String) throws {
    let wrong = try Outside(faults: fault, pace: "0.1", isTLS: true)
    let rig = try Rig(wrong)
    defer { try? FileSystem.removeTree(rig.home.path + ".pem") }
    try FileSystem.replace(rig.home.path + ".pem", with: Array(wrong.authority.utf8))
    try rig.submit("j")
    var options = rig.options(.once)
    options.certificateAuthorityFile = rig.home.path + ".pem"
    _ = try rig.poll(options)
    #expect(try rig.state("j") == .submitted && wrong.posts == 0)
    wrong.stop()
    let right = try Outside(port: wrong.port, pace: "0.1", isTLS: true)
    defer { right.stop() }
    try FileSystem.replace(rig.home.path + ".pem", with: Array(right.authority.utf8))
    options = rig.options(.drain)
    options.certificateAuthorityFile = rig.home.path + ".pem"
    #expect(try rig.poll(options) == .drained([]))
    #expect(try rig.state("j") == .succeeded && right.posts == 1)
  }

  /// One home, simulator and poller for each fault, all at once: they wait more than they work.
  /// - Parameter pace: how long a job takes on an ordinary run, seconds; no poll may come too late.
  private func run(_ faults: [String], pace: Double, cancels: Bool = false) -> [Report] {
    let pace = "\(Patience.seconds(pace))"
    let reports = Mutex<[Report]>([])
    let group = DispatchGroup()
    for fault in faults {
      group.enter()
      Thread.detachNewThread {
        let report = Self.report(fault, pace: pace, cancels: cancels)
        reports.withLock { $0.append(report) }
        group.leave()
      }
    }
    group.wait()
    return reports.withLock { $0 }.sorted { $0.fault < $1.fault }
  }

  /// Whether nothing more happens by itself.
  private static func isSettled(_ rig: Rig, _ fault: String) throws -> Bool {
    let state = try rig.state("j")
    // The provider gave an id that nobody has: asked for, slowly, until patience ends.
    if fault.hasPrefix("submit/wrong-id"), try rig.count(.jobPolled, of: "j") > 1 { return true }
    let isPaused = try rig.books.read { try !$0.pauses().isEmpty }
    return state.isTerminal || state == .parked || state == .submitted && isPaused
  }

  private static func report(_ fault: String, pace: String, cancels: Bool) -> Report {
    do {
      let rig = try Rig(Outside(faults: fault, pace: pace))
      try rig.quicken("replicate") { profile in
        for name in ["submit", "status", "cancel"] {
          guard case .object(var rule)? = profile[name] else { continue }
          rule["timeout_s"] = .int(Int(Patience.seconds(1)))
          profile[name] = .object(rule)
        }
      }
      try rig.submit("j")
      let daemon = rig.daemon()
      if cancels {
        // Where everything is slow, a job may be over when it is first asked for.
        try rig.wait { try [.running, .succeeded].contains(rig.state("j")) }
        if try rig.state("j") == .running { try rig.run(.job("j", .cancel(reason: nil))) }
      }
      let end = Patience.end(after: 30, from: Clock.bootMicroseconds())
      while try !isSettled(rig, fault), Clock.bootMicroseconds() < end { usleep(50_000) }
      try daemon.finish()
      let polled = try rig.events("j").compactMap { event -> ReplyClass? in
        if case .jobPolled(let body) = event.event { body.class } else { nil }
      }
      return Report(
        fault: fault, strikes: rig.outside.strikes, posts: rig.outside.posts,
        twice: rig.outside.submittedTwice, job: try rig.details("j").job, polled: polled,
        error: nil)
    } catch {
      return Report(
        fault: fault, strikes: 0, posts: 0, twice: [], job: nil, polled: [], error: "\(error)")
    }
  }
}
