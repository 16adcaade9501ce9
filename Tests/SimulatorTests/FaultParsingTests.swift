// `--fault SPEC`: what can be said, and what is answered to what cannot.
import Testing

@testable import Simulator

@Suite("A fault specification")
struct FaultParsingTests {
  @Test("every form of the grammar is read")
  func forms() throws {
    let text =
      "503:0.1,429:0.05:2,429:1,drop-before:0.02,submit/drop-after:0.02,delay:0.1:2.5,404:3,"
      + "cancel/404:1,any/404:2,html:0.05,401,401:0.5,402,any/402:1"
    #expect(
      try Fault.parse(text) == [
        Fault(.unavailable(status: 503, chance: 0.1)),
        Fault(.throttled(chance: 0.05, retryAfterSeconds: 2)),
        Fault(.throttled(chance: 1, retryAfterSeconds: nil)),
        Fault(.dropBefore(chance: 0.02)),
        Fault(.dropAfter(chance: 0.02), phase: .submit),
        Fault(.delay(chance: 0.1, seconds: 2.5)),
        Fault(.missing(seconds: 3), phase: .status),
        Fault(.missing(seconds: 1), phase: .cancel),
        Fault(.missing(seconds: 2)),
        Fault(.html(chance: 0.05)),
        Fault(.unauthenticated(chance: 1)),
        Fault(.unauthenticated(chance: 0.5)),
        Fault(.insufficientCredit(chance: 1), phase: .submit),
        Fault(.insufficientCredit(chance: 1)),
      ])
  }

  @Test(
    "a wrong part is named, with the reason and the grammar",
    arguments: [
      ("503:0.1,explode:1", "explode:1", "no fault is called \"explode\""),
      ("503", "503", "expected one number"), ("503:2", "503:2", "no probability"),
      ("503:-0.1", "503:-0.1", "no probability"), ("503:1e-3", "503:1e-3", "no probability"),
      ("503:", "503:", "no probability"), ("200:1", "200:1", "status 200 is no fault"),
      ("0503:1", "0503:1", "no fault is called"), ("429:0.1:2.5", "429:0.1:2.5", "whole seconds"),
      ("429", "429", "expected a probability"),
      ("delay:0.1", "delay:0.1", "expected a probability"),
      ("404:x", "404:x", "no number of seconds"), ("submit/404:3", "submit/404:3", "404 strikes"),
      ("poll/503:1", "poll/503:1", "no phase is called \"poll\""), ("", "", "no fault is called"),
      ("503:0.1,", "", "no fault is called"), ("html:0.1:2", "html:0.1:2", "found 2"),
      ("delay:1:86401", "delay:1:86401", "no number of seconds"),
    ])
  func mistakes(text: String, part: String, reason: String) throws {
    let error = try #require(throws: SimulatorError.self) { try Fault.parse(text) }
    guard case .badOption(let named, let why, let grammar) = error else {
      Issue.record("another error: \(error)")
      return
    }
    #expect(named == part)
    #expect(why.contains(reason))
    #expect(grammar == Fault.grammar)
    #expect(error.description.contains("drop-before:P"))
  }
}
