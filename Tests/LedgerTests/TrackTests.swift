// Rules 7 and 10: adopting a job that the app submitted itself.

import Ledger
import Support
import Testing
import Wire

@Suite("Tracking") struct TrackTests {
  @Test("submitted, held and dispatched are one group, with no attempt, polled at once")
  func track() throws {
    let scenario = try Scenario().given(.grant("100"))
    try scenario.when(.track()).then(.jobSubmitted, .held("5"), .jobDispatched)
    let job = try scenario.job()
    #expect(job.state == .dispatched && job.attempts == 0 && job.flags.contains(.tracked))
    #expect(job.nextAt == scenario.clock.now)
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("5"))
  }

  @Test("watching without money is how people begin: amounts of zero are written")
  func free() throws {
    let scenario = try Scenario()
    try scenario.when(.track(hold: "0"))
      .then(.accountOpened, .jobSubmitted, .held("0"), .jobDispatched)
    try scenario.when(.observe(.succeeded())).then(.jobPolled, .jobSucceeded, .captured("0"))
    try scenario.given(.track("j2", external: "p2", hold: "0"))
    try scenario.when(.observe("j2", .failed())).then(.jobPolled, .jobFailed, .released("0"))
  }

  @Test("an owned handle is refused, naming its owner")
  func owned() throws {
    let scenario = try Scenario().given(.grant("100"), .track("owner"))
    try scenario.when(.track("thief"))
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
    try scenario.when(.track("other", external: "p2"))
      .then(.jobSubmitted, .held("5"), .jobDispatched)
  }

  @Test("the same track is answered once")
  func twice() throws {
    let scenario = try Scenario().given(.grant("100"), .track())
    try scenario.when(.track()).thenRepeats(scenario.position(of: .jobDispatched))
    try scenario.when(.track(hold: "6"))
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
  }

  @Test("a job that does not exist needs a hold")
  func noHold() throws {
    try Scenario().given(.grant("100")).when(.track(hold: nil)).thenRefused(.invalid)
  }

  @Test("a tracked job cannot be sent")
  func notSent() throws {
    let scenario = try Scenario().given(.grant("100"), .track())
    try scenario.when(.start())
      .thenRefused(.conflict, naming: scenario.position(of: .jobDispatched))
  }
}
