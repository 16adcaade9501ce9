// The steps of a pipeline as they are handed in: each its own provider, model, input and share of
// the price (PRODUCT.md, "step"). Kept with the job, so that the log alone says what comes next.

package import Wire

/// A job's steps, in order.
package struct Plan: Sendable, Equatable {
  /// One request of a provider.
  package struct Step: Sendable, Equatable {
    package var provider: String
    package var model: String?
    /// What the provider gets: one JSON value, whose strings may name outputs of earlier steps.
    /// Nil only for a step that was done before these books knew the job.
    package var input: JSON?
    /// Its part of the hold.
    package var share: Credits

    package init(provider: String, model: String? = nil, input: JSON? = nil, share: Credits) {
      self.provider = provider
      self.model = model
      self.input = input
      self.share = share
    }
  }

  package var steps: [Step]

  package init(_ steps: [Step]) { self.steps = steps }

  /// What all steps cost together; nil beyond what the books can count.
  var total: Credits? {
    var sum = Credits.zero
    for step in steps {
      guard step.share >= .zero, step.share <= .limit, sum <= .sumLimit else { return nil }
      sum += step.share
    }
    return sum
  }

  /// As it is kept, and as it was handed in: `[{"provider","model","input","share"}]`.
  package var json: JSON {
    .array(
      steps.map { step in
        var object = JSONObject([.init("provider", .string(step.provider))])
        object["model"] = step.model.map(JSON.string)
        object["input"] = step.input
        object["share"] = .string(step.share.description)
        return .object(object)
      })
  }

  /// A plan that the log keeps; nil for anything else.
  package init?(kept json: JSON) {
    guard let items = json.array else { return nil }
    var steps: [Step] = []
    for item in items {
      guard let provider = item["provider"]?.string,
        let share = item["share"]?.string.flatMap({ Credits($0) })
      else { return nil }
      steps.append(
        Step(
          provider: provider, model: item["model"]?.string, input: item["input"], share: share))
    }
    self.init(steps)
  }
}

/// What is wrong with a plan, each by the place in it.
package struct PlanError: Error, Equatable, CustomStringConvertible {
  package struct Problem: Sendable, Equatable {
    /// JSON Pointer (RFC 6901) into the array of steps.
    package let pointer: String
    package let message: String
  }

  package let problems: [Problem]

  package var description: String {
    let first = problems.prefix(3).map { problem in
      problem.pointer.isEmpty ? problem.message : "\(problem.pointer): \(problem.message)"
    }
    let more = problems.count > 3 ? "; and \(problems.count - 3) more" : ""
    return first.joined(separator: "; ") + more
  }
}
