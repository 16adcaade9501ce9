// A step's input, made from the plan and what the log has of earlier steps. Pure.

package import Wire

/// What a step is sent with.
package enum StepInput: Sendable, Equatable {
  /// Nil: the job has none (it was adopted).
  case ready(JSON?)
  /// A text that it is made of was erased; says which.
  case erased(String)
  /// It names an output that its step did not make, or has become too large: nobody can mend that.
  case impossible(String)
}

extension Plan {
  /// The input of a step.
  /// - Parameters:
  ///   - outputs: of a step that is done; nil where they are not known any more.
  func input(
    of step: Int, job id: String, outputs: (Int) throws -> [Observation.Output]?
  ) rethrows -> StepInput {
    guard steps.indices.contains(step), let input = steps[step].input else { return .ready(nil) }
    var renderer = InputRenderer(job: id)
    for earlier in renderer.steps(of: input) where earlier < step {
      guard let made = try outputs(earlier) else {
        return .erased("the outputs of step \(earlier + 1) of \(steps.count)")
      }
      renderer.outputs[earlier] = made
    }
    do {
      return .ready(try renderer.render(input))
    } catch {
      return .impossible("step \(step + 1) of \(steps.count) cannot be sent: \(error.reason)")
    }
  }
}

/// Fills in one input.
private struct InputRenderer {
  struct Impossible: Error { let reason: String }

  let job: String
  var outputs: [Int: [Observation.Output]] = [:]
  /// Bytes put in so far: an output may be a whole file in a `data:` URI, named a thousand times.
  private var bytes = 0

  init(job: String) { self.job = job }

  /// The steps that the input names.
  func steps(of json: JSON) -> Set<Int> {
    switch json {
    case .string(let text): Set((try? InputTemplate(text))?.steps ?? [])
    case .array(let items): items.reduce(into: []) { $0.formUnion(steps(of: $1)) }
    case .object(let object):
      object.members.reduce(into: []) { $0.formUnion(steps(of: $1.value)) }
    default: []
    }
  }

  mutating func render(_ json: JSON) throws(Impossible) -> JSON {
    switch json {
    case .string(let text): return try render(text)
    case .array(let items):
      var rendered: [JSON] = []
      for item in items { rendered.append(try render(item)) }
      return .array(rendered)
    case .object(let object):
      var members: [JSONObject.Member] = []
      for member in object.members {
        members.append(.init(member.name, try render(member.value)))
      }
      return .object(JSONObject(members))
    default: return json
    }
  }

  private mutating func render(_ text: String) throws(Impossible) -> JSON {
    guard let template = try? InputTemplate(text) else {
      throw Impossible(reason: "its input is no template")
    }
    if case .name(.output(let step, nil, let field))? = template.parts.first {
      var list: [JSON] = []
      for output in outputs[step] ?? [] { list.append(try value(of: output, field)) }
      return .array(list)
    }
    // A text that is one place becomes what it names, which may be nothing.
    if template.parts.count == 1, case .name(let name) = template.parts[0] {
      return try value(of: name)
    }
    var whole = ""
    for part in template.parts {
      switch part {
      case .text(let text): whole += text
      case .name(let name): whole += try value(of: name).string ?? ""
      }
    }
    return .string(whole)
  }

  private mutating func value(of name: InputTemplate.Name) throws(Impossible) -> JSON {
    guard case .output(let step, let index, let field) = name else { return try count(job) }
    let made = outputs[step] ?? []
    guard let index, made.indices.contains(index) else {
      throw Impossible(
        reason: "it names {{\(name.description)}}, and step \(step + 1) made "
          + (made.count == 1 ? "1 output" : "\(made.count) outputs"))
    }
    return try value(of: made[index], field)
  }

  private mutating func value(
    of output: Observation.Output, _ field: InputTemplate.Field
  ) throws(Impossible) -> JSON {
    switch field {
    case .url: try count(output.url)
    case .media_type:
      try output.mediaType.map { text throws(Impossible) in try count(text) } ?? .null
    }
  }

  private mutating func count(_ text: String) throws(Impossible) -> JSON {
    bytes += text.utf8.count
    guard bytes <= Limits.stepInputBytes else {
      throw Impossible(
        reason: "with the outputs it names its input is larger than \(Limits.stepInputBytes) bytes")
    }
    return .string(text)
  }
}
