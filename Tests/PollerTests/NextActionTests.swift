// What a due job needs: state by state.

import Ledger
import Poller
import Testing
import Wire

@Suite("What a due job needs") struct NextActionTests {
  private let now = Timestamp("2026-11-21T09:30:00Z")!

  private func job(_ state: JobState, _ flags: Job.Flags = []) -> Job {
    var job = Job()
    job.state = state
    job.flags = flags
    job.nextAt = now
    return job
  }

  private func action(
    _ job: Job, _ change: (inout NextAction.Circumstances) -> Void = { _ in }
  ) -> NextAction {
    var circumstances = NextAction.Circumstances(now: now)
    change(&circumstances)
    return NextAction(for: job, circumstances)
  }

  @Test("a submitted job is sent, unless it is paused or not due")
  func submitted() {
    var waiting = job(.submitted)
    #expect(action(waiting) == .submit)
    #expect(action(waiting) { $0.isPaused = true } == .nothing)
    waiting.nextAt = now.advanced(seconds: 1)
    #expect(action(waiting) == .nothing)
  }

  @Test("an attempt of somebody who is gone is lost; one of ours is waited for")
  func dispatching() {
    #expect(action(job(.dispatching)) == .lost)
    #expect(action(job(.dispatching, .hasHandle)) == .lost)
    #expect(action(job(.dispatching)) { $0.isSubmitting = true } == .nothing)
    #expect(
      action(job(.dispatching, .hasHandle)) { $0.isSubmitting = true }
        == .ask(.status, last: false))
  }

  @Test(
    "a job at the provider is asked for: its status, its result, its cancel",
    arguments: [JobState.dispatched, .running, .overdue])
  func held(_ state: JobState) {
    #expect(action(job(state, .hasHandle)) == .ask(.status, last: false))
    #expect(action(job(state, [.hasHandle, .resultDue])) == .ask(.result, last: false))
    var canceled = job(state, .hasHandle)
    canceled.cancel = 7
    #expect(action(canceled) == .ask(.cancel, last: false))
    #expect(action(canceled) { $0.canCancel = false } == .ask(.status, last: false))
    canceled.flags.insert(.cancelSent)
    #expect(action(canceled) == .ask(.status, last: false))
  }

  @Test(
    "at the hold's end a job with a handle is looked at once more, another one expires",
    arguments: [
      (.submitted, [], .expire),
      (.dispatched, .hasHandle, .ask(.status, last: true)),
      (.running, [.hasHandle, .resultDue], .ask(.result, last: true)),
      (.overdue, .hasHandle, .ask(.status, last: true)),
      (.parked, .hasHandle, .ask(.status, last: true)), (.parked, [], .expire),
      (.parked, [.hasHandle, .duplicate], .expire), (.uncertain, [], .expire),
      (.storing, .hasHandle, .nothing),
    ] as [(JobState, Job.Flags, NextAction)])
  func holdEnds(_ state: JobState, _ flags: Job.Flags, _ expected: NextAction) {
    var job = job(state, flags)
    job.nextAt = nil
    job.holdExpires = now
    #expect(action(job) == expected)
    #expect(action(job) { $0.ending = $0.now.advanced(seconds: -3600) } == .nothing)
    job.holdExpires = now.advanced(seconds: 1)
    #expect(action(job) == .nothing)
  }

  @Test("a step waits for the end of the submit of the step before")
  func submitUnderWay() {
    var circumstances = NextAction.Circumstances(now: now)
    circumstances.isSubmitting = true
    #expect(NextAction(for: job(.submitted), circumstances) == .nothing)
    #expect(action(job(.submitted)) == .submit)
  }

  @Test(
    "outputs that wait to be saved are saved when they are due",
    arguments: [JobState.storing, .succeeded])
  func saving(_ state: JobState) {
    var saving = job(state, .hasHandle)
    saving.storing = 7
    saving.outputCount = 2
    saving.storedCount = 1
    #expect(action(saving) == .save)
    saving.nextAt = now.advanced(seconds: 1)
    #expect(action(saving) == .nothing)
    saving.nextAt = nil
    #expect(action(saving) == .nothing)
  }

  @Test("doubt: repeated under its key, else looked for, else for a person")
  func uncertain() {
    #expect(action(job(.uncertain)) == .park)
    #expect(action(job(.uncertain)) { $0.canSearch = true } == .search)
    #expect(
      action(job(.uncertain)) {
        $0.canSearch = true
        $0.canRepeat = true
      } == .submit)
    #expect(
      action(job(.uncertain)) {
        $0.canRepeat = true
        $0.isPaused = true
      } == .nothing)
    var later = job(.uncertain)
    later.nextAt = now.advanced(seconds: 1)
    #expect(action(later) { $0.canSearch = true } == .nothing)
    #expect(action(job(.parked)) == .nothing)
  }

  @Test(
    "a job that ended is looked at when somebody asked, and only then",
    arguments: [JobState.succeeded, .failed, .canceled, .expired])
  func ended(_ state: JobState) {
    #expect(action(job(state, .hasHandle)) == .ask(.status, last: false))
    #expect(action(job(state)) == .nothing)
    var quiet = job(state, .hasHandle)
    quiet.nextAt = nil
    quiet.holdExpires = now
    #expect(action(quiet) == .nothing)
  }
}
