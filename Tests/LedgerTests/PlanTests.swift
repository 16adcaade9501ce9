// A plan as its author wrote it, and what a step is sent with.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Plans") struct PlanTests {
  private static let five = Credits("5")!

  private func problems(
    _ json: JSON, done: Int = 0, startsSent: Bool = false
  ) -> [String] {
    do throws(PlanError) {
      _ = try Plan(
        reading: json, hold: PlanTests.five, done: done, startsSent: startsSent)
      return []
    } catch {
      return error.problems.map { "\($0.pointer) \($0.message)" }
    }
  }

  private static func step(_ input: JSON = ["prompt": "a cat"], share: JSON = nil) -> JSON {
    ["provider": "replicate", "model": "owner/name", "input": input, "share": share]
  }

  @Test("without shares the whole hold is the last step's")
  func defaultShares() throws {
    let json: JSON = [PlanTests.step(), PlanTests.step(), PlanTests.step()]
    let plan = try Plan(reading: json, hold: PlanTests.five)
    #expect(plan.steps.map(\.share) == [.zero, .zero, PlanTests.five])
    #expect(Plan(kept: plan.json) == plan, "what is kept reads the same")
  }

  @Test(
    "what is wrong is said by its place",
    arguments: [
      ([], "expected a list of 1 to 16 steps"),
      (["provider": "replicate"], "expected a list"),
      (.array(Array(repeating: step(), count: 17)), "expected a list"),
      ([7], "/0 expected an object"),
      ([["input": 1]], "/0/provider is required"),
      ([["provider": "", "input": 1]], "/0/provider expected a text"),
      ([["provider": "p", "model": 7, "input": 1]], "/0/model expected a text"),
      ([["provider": "p"]], "/0/input is required"),
      ([["provider": "p", "input": 1, "prompt": 2]], "/0/prompt unknown"),
      ([step(share: "5"), step()], "/1/share is required where another step has one"),
      ([step(share: 5)], "/0/share expected credits as a decimal in quotes"),
      ([step(share: "-5")], "/0/share expected credits"),
      ([step(share: "2"), step(share: "2.5")], "the shares add up to 4.5, the hold is 5"),
      (
        [step(), step(["image": ["{{steps.1.outputs.0.url}}"]])],
        "/1/input/image/0 step 1 is no earlier step of step 1"
      ),
      ([step("{{steps.3.outputs.0.url}}")], "/0/input step 3 is no earlier step of step 0"),
      ([step(["a/b": "{{prompt}}"])], "/0/input/a~1b unknown name '{{prompt}}'"),
      ([step("x {{job.id")], "/0/input '{{' without '}}'"),
      ([step(), step("all: {{steps.0.outputs.*.url}}")], "/1/input a list"),
      ([step(), step("{{steps.00.outputs.0.url}}")], "/1/input unknown name"),
      ([step(), step("{{steps.0.outputs.0.stored_url}}")], "/1/input unknown name"),
    ] as [(JSON, String)])
  func problem(_ json: JSON, _ expected: String) {
    let found = problems(json)
    #expect(found.count == 1 && found[0].contains(expected), "\(found)")
  }

  @Test("all problems are said at once")
  func everyProblem() {
    let json: JSON = [["model": ""], ["provider": 1, "input": "{{x}}"]]
    #expect(problems(json).count == 5, "\(problems(json))")
  }

  @Test("of an adopted job, steps done elsewhere have no price and made nothing that is known")
  func adopted() throws {
    let sent: JSON = ["provider": "replicate", "model": "owner/name"]
    let after = PlanTests.step("{{steps.1.outputs.0.url}}")
    let plan = try Plan(
      reading: [sent, sent, after], hold: PlanTests.five, done: 1, startsSent: true)
    #expect(plan.steps[2].share == PlanTests.five)
    let blind = PlanTests.step("{{steps.0.outputs.0.url}}")
    #expect(
      problems([sent, sent, blind], done: 1, startsSent: true)
        == ["/2/input the outputs of step 0 are not known: it was done elsewhere"])
    let priced: JSON = ["provider": "replicate", "share": "1"]
    let rest = PlanTests.step(share: "2")
    #expect(
      problems([priced, ["provider": "p", "share": "2"], rest], done: 1, startsSent: true)
        .contains { $0.hasPrefix("/0/share is 0") })
    #expect(problems([sent, sent, sent], done: 1, startsSent: true).count == 1)
  }

  private let made: [Observation.Output] = [
    .init(url: "https://files.example/0.png?a=1&b=\"2\"", mediaType: "image/png"),
    .init(url: "https://files.example/1.png"),
  ]

  private func render(_ input: JSON) throws -> StepInput {
    let plan = Plan([
      Plan.Step(provider: "p", input: 1, share: .zero),
      Plan.Step(provider: "p", input: input, share: .zero),
    ])
    return plan.input(of: 1, job: "j1") { $0 == 0 ? made : nil }
  }

  @Test(
    "a text that is one place becomes what it names; in a text it stands where it stood",
    arguments: [
      ("{{steps.0.outputs.0.url}}", "https://files.example/0.png?a=1&b=\"2\""),
      ("{{ steps.0.outputs.1.url }}", "https://files.example/1.png"),
      ("{{steps.0.outputs.1.media_type}}", nil),
      ("{{job.id}}/é", "j1/é"),
      (
        "{{steps.0.outputs.*.url}}",
        ["https://files.example/0.png?a=1&b=\"2\"", "https://files.example/1.png"]
      ),
      ("see {{steps.0.outputs.1.url}} ({{job.id}})", "see https://files.example/1.png (j1)"),
      (["n": [1, true, nil, "{{job.id}}"]], ["n": [1, true, nil, "j1"]]),
      ("no } place { here }}", "no } place { here }}"),
    ] as [(JSON, JSON)])
  func rendered(_ input: JSON, _ expected: JSON) throws {
    #expect(try render(input) == .ready(expected))
  }

  @Test("an output that was not made cannot be sent, and it is said which")
  func missing() throws {
    guard case .impossible(let why) = try render(["image": "{{steps.0.outputs.2.url}}"]) else {
      Issue.record("rendered")
      return
    }
    #expect(why.contains("step 2 of 2") && why.contains("{{steps.0.outputs.2.url}}"))
    #expect(why.contains("step 1 made 2 outputs"))
  }

  @Test("an erased output is said to be erased")
  func erased() {
    let plan = Plan([
      Plan.Step(provider: "p", input: 1, share: .zero),
      Plan.Step(provider: "p", input: "{{steps.0.outputs.0.url}}", share: .zero),
    ])
    let input = plan.input(of: 1, job: "j1") { _ in nil }
    #expect(input == .erased("the outputs of step 1 of 2"))
  }

  @Test("a large output named often is bounded before it is put together")
  func bounded() {
    let text = String(repeating: "{{steps.0.outputs.0.url}}", count: 10_000)
    let plan = Plan([
      Plan.Step(provider: "p", input: 1, share: .zero),
      Plan.Step(provider: "p", input: .string(text), share: .zero),
    ])
    let huge = Observation.Output(url: "data:," + String(repeating: "x", count: 1 << 20))
    guard case .impossible(let why) = plan.input(of: 1, job: "j1", outputs: { _ in [huge] }) else {
      Issue.record("80 GB were put together")
      return
    }
    #expect(why.contains("larger than \(Limits.stepInputBytes) bytes"))
  }
}
