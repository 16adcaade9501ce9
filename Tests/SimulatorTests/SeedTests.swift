// The same seed gives the same world.
import Testing
import Wire

@testable import Simulator

@Suite("A seed")
struct SeedTests {
  /// SplitMix64's published first outputs for seed 1234567 (Vigna, splitmix64.c; Rosetta Code).
  @Test("the generator is SplitMix64")
  func generator() {
    var dice = SplitMix64(seed: 1_234_567)
    #expect(
      (0..<3).map { _ in dice.next() } == [
        6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
      ])
  }

  /// RFC 9923's 128-bit FNV-1a offset basis is the hash of nothing.
  @Test("fingerprints tell parts apart")
  func fingerprint() {
    #expect(Fingerprint().description == "6c62272e07bb014262b821756295c58d")
    #expect(Fingerprint("ab", "c") != Fingerprint("a", "bc"))
    #expect(Fingerprint("ab", "c") == Fingerprint("ab", "c"))
  }

  /// Every job's id, end and outcome, and what each request was answered.
  private func run(seed: UInt64, order: [Int]) throws -> [Int: [JSON]] {
    let clock = SimulatorClock.still()
    let options = try SimulatorOptions(
      seed: seed, pace: Pace(parsing: "1-500"),
      outcomes: OutcomeShares(parsing: "failed:0.3,moderated:0.1,aborted:0.1,canceled:0.1"),
      faults: Fault.parse("503:0.3,drop-after:0.2"))
    let simulator = try Simulator.start(options, clock: clock)
    var seen: [Int: [JSON]] = [:]
    for number in order {
      let body: JSON = ["version": "acme/clip", "input": ["prompt": .int(number)]]
      let received = try simulator.exchange("POST", "/v1/predictions", body: body)
      seen[number, default: []] += [received.map { .int($0.status) } ?? "closed"]
    }
    clock.advance(seconds: 500)
    let jobs = try simulator.send("GET", "/_simulator/jobs").json["jobs"]?.array ?? []
    let identities = Dictionary(
      uniqueKeysWithValues: order.map { number in
        let body: JSON = ["version": "acme/clip", "input": ["prompt": .int(number)]]
        let request = Request(method: "POST", path: "/v1/predictions", body: body.bytes)
        return (Replicate().identity(of: request), number)
      })
    for job in jobs {
      let number = try #require(identities[job["identity"]?.string ?? ""])
      let ends: [JSON] = ["id", "outcome", "ends_at", "billed_seconds"].map { job[$0] ?? .null }
      seen[number, default: []] += ends
    }
    return seen
  }

  @Test("two runs are equal, whatever the order of the submits", arguments: [1, 42, UInt64.max])
  func repeats(seed: UInt64) throws {
    let numbers = Array(0..<40)
    let first = try run(seed: seed, order: numbers)
    #expect(try run(seed: seed, order: numbers.reversed()) == first)
    #expect(try run(seed: seed &+ 1, order: numbers) != first)
    #expect(Set(first.values.compactMap { $0.first?.text }) == ["201", "503", "\"closed\""])
  }

  @Test("the same content again is another job with another id")
  func sameContent() throws {
    let simulator = try Simulator.start()
    let ids = try (0..<3).map { _ in try simulator.submit(prompt: "twice") }
    #expect(Set(ids).count == 3)
  }

  @Test("outcomes come in the shares asked for")
  func shares() throws {
    let shares = try OutcomeShares(parsing: "failed:0.2,aborted:0.1,moderated:0.05")
    var counts: [Outcome: Int] = [:]
    var dice = SplitMix64(seed: 5)
    for _ in 0..<10_000 {
      let plan = JobPlan(dice: &dice, pace: Pace(), shares: shares, wish: JobWish())
      #expect((2_000_000...6_000_000).contains(plan.endsAfterMicroseconds))
      counts[plan.outcome, default: 0] += 1
    }
    #expect((1800...2200).contains(counts[.failed] ?? 0))
    #expect((850...1150).contains(counts[.aborted] ?? 0))
    #expect((400...600).contains(counts[.moderated] ?? 0))
    #expect(counts[.canceled] == nil)
  }

  @Test(
    "shares and paces that make no sense are refused with the part and the grammar",
    arguments: [
      "failed", "failed:2", "failed:-1", "lost:0.1", "failed:0.1,failed:0.1",
      "failed:0.6,aborted:0.6",
      "", "failed:0.1,", "failed:1e-1", "failed:nan",
    ])
  func badShares(text: String) {
    let error = #expect(throws: SimulatorError.self) { try OutcomeShares(parsing: text) }
    #expect(error?.description.contains("outcomes = OUTCOME:SHARE") == true)
  }

  @Test("paces are one duration or two", arguments: ["0.5", "2-6", "0-0"])
  func paces(text: String) throws {
    #expect(throws: Never.self) { try Pace(parsing: text) }
  }

  @Test("wrong paces are refused", arguments: ["", "-", "6-2", "-1", "1-2-3", "x", "86401", "inf"])
  func badPaces(text: String) {
    #expect(throws: SimulatorError.self) { try Pace(parsing: text) }
  }
}
