// Short words for pipelines: what tests hand in and hear about jobs of several steps.

package import Ledger
import Wire

extension Action {
  /// A job of one step for each share; the second and later ones name what the first made.
  package static func pipeline(
    _ id: String = "j1", shares: String..., providers: [String] = [], holdExpires: Deadline? = nil
  ) -> Action {
    let steps = shares.enumerated().map { index, share in
      Plan.Step(
        provider: index < providers.count ? providers[index] : "replicate",
        model: "owner/model-\(index)",
        input: index == 0 ? ["prompt": "a cat"] : ["image": "{{steps.0.outputs.0.url}}"],
        share: Credits(share)!)
    }
    let hold = steps.reduce(Credits.zero) { $0 + $1.share }
    return .submit(
      Submission(
        id: id, account: "acme", provider: steps[0].provider, model: steps[0].model, hold: hold,
        holdExpires: holdExpires, plan: Plan(steps)))
  }
}

extension Observation {
  /// A step's success, by a profile that charges completed steps or does not.
  package static func stepDone(
    charge: String? = nil, earned: Bool = false, of step: UInt64? = nil, outputs: Int = 1
  ) -> Observation {
    var seen = Observation.succeeded(outputs: outputs, charge: charge)
    seen.chargesCompletedStep = earned
    seen.step = step
    return seen
  }
}
