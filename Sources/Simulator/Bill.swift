// What a provider's invoice would say: seconds worked, or credits (PROVIDERS.md, A.6).
import Wire

/// An amount in a provider's own unit.
struct Bill: Sendable {
  private var microseconds: Int64 = 0
  private var microcredits: Int64 = 0

  /// Nothing.
  init() {}

  /// For a job that ended so.
  init(_ job: SimulatedJob, _ outcome: Outcome, _ provider: any ProviderModel, _ now: Int64) {
    guard provider.bills(outcome) else { return }
    microseconds = job.workedMicroseconds(at: now) ?? 0
    microcredits = provider.microcredits(for: job)
  }

  static func + (left: Bill, right: Bill) -> Bill {
    var sum = left
    sum.microseconds += right.microseconds
    sum.microcredits += right.microcredits
    return sum
  }

  /// For a reply; credits only where there are some.
  var members: [JSONObject.Member] {
    let seconds = JSONObject.Member("billed_seconds", .string(Seconds.text(microseconds)))
    guard microcredits > 0 else { return [seconds] }
    // Six decimals, as seconds have.
    return [seconds, JSONObject.Member("billed_credits", .string(Seconds.text(microcredits)))]
  }
}
