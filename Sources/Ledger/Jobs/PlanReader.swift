// A plan as its author wrote it: everything that is wrong with it is said at once, by JSON Pointer.

package import Wire

extension Plan {
  /// Reads `[{"provider","model","input","share"}, ...]`.
  /// - Parameters:
  ///   - hold: the price of all steps together. Shares stand in all steps or in none; without any
  ///     the whole hold is the last step's share.
  ///   - done: steps at the beginning that were done before these books know the job: they need no
  ///     input, their share is 0, and their outputs are not known.
  ///   - startsSent: the step after those is with its provider already; it needs no input either.
  /// - Throws: `PlanError` with every problem.
  package init(
    reading json: JSON, hold: Credits, done: Int = 0, startsSent: Bool = false
  ) throws(PlanError) {
    var reader = PlanReader(done: done, firstSent: startsSent ? done + 1 : done)
    let steps = reader.read(json, hold: hold)
    guard reader.problems.isEmpty else { throw PlanError(problems: reader.problems) }
    self.init(steps)
  }
}

/// Reads one plan and notes its problems.
private struct PlanReader {
  /// Problems noted at most: a plan of nothing but mistakes is not answered by a book.
  static let problemsMax = 100

  let done: Int
  /// The first step that these books will send.
  let firstSent: Int
  private(set) var problems: [PlanError.Problem] = []

  init(done: Int, firstSent: Int) {
    self.done = done
    self.firstSent = firstSent
  }

  private mutating func note(_ place: [String], _ message: String) {
    guard problems.count < PlanReader.problemsMax else { return }
    let pointer = JSONPointer(tokens: place).description
    problems.append(.init(pointer: pointer, message: message))
  }

  mutating func read(_ json: JSON, hold: Credits) -> [Plan.Step] {
    guard let items = json.array, (1...Limits.planSteps).contains(items.count) else {
      note([], "expected a list of 1 to \(Limits.planSteps) steps")
      return []
    }
    guard json.bytes.count <= Limits.planBytes else {
      note([], "the steps are larger than \(Limits.planBytes) bytes in all")
      return []
    }
    let isPriced = items.contains { !($0["share"]?.isNull ?? true) }
    var steps: [Plan.Step] = []
    for (index, item) in items.enumerated() {
      steps.append(step(item, index, isPriced: isPriced))
    }
    if !isPriced { steps[steps.count - 1].share = hold }
    checkShares(steps, isPriced: isPriced, hold: hold)
    return steps
  }

  private mutating func step(_ json: JSON, _ index: Int, isPriced: Bool) -> Plan.Step {
    let place = [String(index)]
    guard let object = json.object else {
      note(place, "expected an object with provider, model, input and share")
      return Plan.Step(provider: "", share: .zero)
    }
    for member in object.members
    where !["provider", "model", "input", "share"].contains(member.name) {
      note(place + [member.name], "unknown; a step has provider, model, input and share")
    }
    let provider = text(object["provider"], place + ["provider"], Limits.nameBytes)
    if provider == nil, object["provider"] == nil { note(place + ["provider"], "is required") }
    let model = text(object["model"], place + ["model"], Limits.wordBytes)
    let input = object["input"].flatMap { $0.isNull ? nil : $0 }
    if index >= firstSent {
      if let input {
        checkInput(input, index)
      } else {
        note(place + ["input"], "is required: it is what the provider gets")
      }
    }
    let share = isPriced ? share(object["share"], place + ["share"]) : .zero
    return Plan.Step(provider: provider ?? "", model: model, input: input, share: share)
  }

  private mutating func text(_ json: JSON?, _ place: [String], _ limit: Int) -> String? {
    guard let json, !json.isNull else { return nil }
    guard let text = json.string, (1...limit).contains(text.utf8.count) else {
      note(place, "expected a text of 1 to \(limit) bytes")
      return nil
    }
    return text
  }

  private mutating func share(_ json: JSON?, _ place: [String]) -> Credits {
    guard let json, !json.isNull else {
      note(place, "is required where another step has one")
      return .zero
    }
    guard let amount = json.string.flatMap({ Credits($0) }), amount >= .zero else {
      note(place, "expected credits as a decimal in quotes, such as \"2.5\"")
      return .zero
    }
    return amount
  }

  private mutating func checkShares(_ steps: [Plan.Step], isPriced: Bool, hold: Credits) {
    for (index, step) in steps.enumerated() where index < done && step.share != .zero {
      note(
        [String(index), "share"], "is 0: the step was done before these books know the job")
    }
    guard isPriced, problems.isEmpty, let total = Plan(steps).total, total != hold else { return }
    note([], "the shares add up to \(total), the hold is \(hold)")
  }

  private mutating func checkInput(_ input: JSON, _ index: Int) {
    let size = input.bytes.count
    if size > Limits.inputBytes {
      note(
        [String(index), "input"], "has \(size) bytes; at most \(Limits.inputBytes) are taken")
    }
    walk(input, [String(index), "input"], index)
  }

  /// The parser has bounded the depth.
  private mutating func walk(_ json: JSON, _ place: [String], _ index: Int) {
    switch json {
    case .string(let text): check(text, place, index)
    case .array(let items):
      for (number, item) in items.enumerated() { walk(item, place + [String(number)], index) }
    case .object(let object):
      for member in object.members { walk(member.value, place + [member.name], index) }
    default: break
    }
  }

  private mutating func check(_ text: String, _ place: [String], _ index: Int) {
    do throws(InputTemplate.Flaw) {
      for step in try InputTemplate(text).steps {
        if step >= index {
          note(place, "step \(step) is no earlier step of step \(index)")
        } else if step < done {
          note(place, "the outputs of step \(step) are not known: it was done elsewhere")
        }
      }
    } catch {
      note(place, error.description)
    }
  }
}
