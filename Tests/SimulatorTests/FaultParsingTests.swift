// `--fault SPEC`: what can be said, and what is answered to what cannot.
import CommandLine
import Testing

@testable import Simulator

@Suite("A fault specification")
struct FaultParsingTests {
  @Test("every form of the grammar is read")
  func forms() throws {
    let text =
      "503:0.1,429:0.05:2,429,submit/drop-after:0.02,delay:0.1:2.5,404:3,cancel/404:1,"
      + "any/404:2,401:0.5,402,any/402,html*3,status/drip:0.5:2*1,drip,cut:1:4,webhook/delay:1:3"
    #expect(
      try Fault.parse(text) == [
        Fault(.unavailable, status: 503, chance: 0.1),
        Fault(.throttled, chance: 0.05, number: 2),
        Fault(.throttled),
        Fault(.dropAfter, phase: .submit, chance: 0.02),
        Fault(.delay, chance: 0.1, number: 2.5),
        Fault(.missing, phase: .status, number: 3),
        Fault(.missing, phase: .cancel, number: 1),
        Fault(.missing, number: 2),
        Fault(.unauthenticated, chance: 0.5),
        Fault(.insufficientCredit, phase: .submit),
        Fault(.insufficientCredit),
        Fault(.html, times: 3),
        Fault(.drip, phase: .status, chance: 0.5, number: 2, times: 1),
        Fault(.drip, number: 1),
        Fault(.cut, phase: .stream, number: 4),
        Fault(.delay, phase: .webhook, number: 3),
      ])
  }

  @Test(
    "every kind can be written, and the grammar and the help name it", arguments: FaultKind.allCases
  )
  func kinds(kind: FaultKind) throws {
    guard kind != .unavailable else { return #expect(Fault.grammar.contains("500..599")) }
    let number = kind.argument?.standard?.isNaN == true ? ":1:2" : ""
    let text = kind == .missing ? "404:2" : kind.rawValue + number
    #expect(try Fault.parse(text).map(\.kind) == [kind])
    #expect(Fault.grammar.contains(kind.rawValue))
    #expect(Command.simulate.details.contains(kind.rawValue))
  }

  @Test(
    "a wrong part is named, with the reason and the grammar",
    arguments: [
      ("503:0.1,explode:1", "explode:1", "no fault is called \"explode\""),
      ("503:2", "503:2", "no probability"),
      ("503:-0.1", "503:-0.1", "no probability"), ("503:1e-3", "503:1e-3", "no probability"),
      ("503:", "503:", "no probability"), ("200:1", "200:1", "status 200 is no fault"),
      ("0503:1", "0503:1", "no fault is called"), ("429:0.1:2.5", "429:0.1:2.5", "whole numbers"),
      ("STATUS", "STATUS", "no fault is called"),
      ("delay:0.1", "delay:0.1", "expected a probability"),
      ("404:x", "404:x", "no number of seconds"), ("submit/404:3", "submit/404:3", "404 strikes"),
      ("poll/503:1", "poll/503:1", "no phase is called \"poll\""), ("", "", "no fault is called"),
      ("503:0.1,", "", "no fault is called"), ("html:0.1:2", "html:0.1:2", "found 2"),
      ("delay:1:86401", "delay:1:86401", "no number of seconds"),
      ("status/cut", "status/cut", "strikes only stream"), ("html*0", "html*0", "number of times"),
      ("webhook/html", "webhook/html", "strikes only"), ("html*", "html*", "number of times"),
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
    #expect(error.description.contains("drop-before"))
  }
}
