// A JSON body with `{{…}}` places in its strings. A string that is nothing but `{{job.input}}`
// becomes the input itself; a member named `...` spreads an object's members into the one it
// stands in.

import Wire

indirect enum BodyTemplate: Sendable, Equatable {
  case literal(JSON)
  case text(Template)
  case array([BodyTemplate])
  case object([Member])

  struct Member: Sendable, Equatable {
    let name: String
    let value: BodyTemplate
  }

  /// The name that spreads instead of naming.
  static let spread = "..."

  var variables: [TemplateVariable] {
    switch self {
    case .literal: []
    case .text(let template): template.variables
    case .array(let items): items.flatMap(\.variables)
    case .object(let members): members.flatMap(\.value.variables)
    }
  }

  /// The value; nil when an optional place has none.
  func render(
    input: JSON?, _ value: (TemplateVariable) -> String?
  ) throws(RequestError) -> JSON? {
    switch self {
    case .literal(let json): return json
    case .text(let template):
      if let sole = template.soleVariable, sole.variable == .jobInput {
        if input == nil, !sole.optional { throw .missing("job.input") }
        return input
      }
      return try template.render(.plain, value).map(JSON.string)
    case .array(let items):
      var output: [JSON] = []
      for item in items {
        if let json = try item.render(input: input, value) { output.append(json) }
      }
      return .array(output)
    case .object(let members):
      var output = JSONObject()
      for member in members {
        guard let json = try member.value.render(input: input, value) else { continue }
        guard member.name == BodyTemplate.spread else {
          output[member.name] = json
          continue
        }
        guard let spread = json.object else { throw .inputNotObject }
        for inner in spread.members { output[inner.name] = inner.value }
      }
      return .object(output)
    }
  }
}
