// Text with `{{…}}` places, filled in when a request is made.

/// What a template may name.
package enum TemplateVariable: Sendable, Hashable {
  case jobID
  case jobModel
  case jobStep
  /// Of each step its own: the job's id for the first, `ID.2`, `ID.3`, ... for those after it.
  case jobStepID
  case jobInput
  case externalID
  /// What the model's pattern of the chosen variant captured.
  case match
  /// An environment variable; only in `auth`.
  case environment(String)

  init?(_ name: String) {
    switch name {
    case "job.id": self = .jobID
    case "job.model": self = .jobModel
    case "job.step": self = .jobStep
    case "job.step_id": self = .jobStepID
    case "job.input": self = .jobInput
    case "handle.external_id": self = .externalID
    case "match": self = .match
    default:
      let prefix = "env."
      let variable = name.dropFirst(prefix.count)
      guard name.hasPrefix(prefix), (1...128).contains(variable.utf8.count),
        variable.utf8.allSatisfy({ $0 == 0x5F || ScalarSet.word.contains(Unicode.Scalar($0)) })
      else { return nil }
      self = .environment(String(variable))
    }
  }

  var name: String {
    switch self {
    case .jobID: "job.id"
    case .jobModel: "job.model"
    case .jobStep: "job.step"
    case .jobStepID: "job.step_id"
    case .jobInput: "job.input"
    case .externalID: "handle.external_id"
    case .match: "match"
    case .environment(let variable): "env.\(variable)"
    }
  }

  var isEnvironment: Bool { if case .environment = self { true } else { false } }
}

/// A parsed template. `{{name?}}` is optional: without a value, whatever holds the template (a
/// header, a query parameter, a body member) is left out.
package struct Template: Sendable, Equatable {
  enum Part: Sendable, Equatable {
    case text(String)
    case variable(TemplateVariable, optional: Bool)
  }

  /// How values are written into the text.
  enum Encoding { case path, query, plain }

  /// The longest template, bytes.
  static let sourceMax = 8192

  let parts: [Part]

  /// - Throws: `TemplateError` for an unclosed place or an unknown name.
  init(_ source: String) throws(TemplateError) {
    guard source.utf8.count <= Template.sourceMax else {
      throw TemplateError(reason: "a template longer than \(Template.sourceMax) bytes")
    }
    var parts: [Part] = []
    var rest = source[...]
    while let open = rest.firstRange(ofText: "{{") {
      if open.lowerBound > rest.startIndex {
        parts.append(.text(String(rest[..<open.lowerBound])))
      }
      rest = rest[open.upperBound...]
      guard let close = rest.firstRange(ofText: "}}") else {
        throw TemplateError(reason: "'{{' without '}}'")
      }
      var name = String(rest[..<close.lowerBound]).trimmed
      let optional = name.hasSuffix("?")
      if optional { name.removeLast() }
      guard let variable = TemplateVariable(name) else {
        throw TemplateError(
          reason: "unknown name '{{\(name)}}'; known are job.id, job.model, job.step, "
            + "job.step_id, job.input, handle.external_id, match, env.NAME")
      }
      parts.append(.variable(variable, optional: optional))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  var variables: [TemplateVariable] {
    parts.compactMap { if case .variable(let variable, _) = $0 { variable } else { nil } }
  }

  /// The variable, when the template is nothing but one place.
  var soleVariable: (variable: TemplateVariable, optional: Bool)? {
    guard parts.count == 1, case .variable(let variable, let optional) = parts[0] else {
      return nil
    }
    return (variable, optional)
  }

  /// The text; nil when an optional value is absent.
  /// - Throws: `RequestError.missing` and its like for a required one, `.badSegment` for a path
  ///   that would climb.
  func render(
    _ encoding: Encoding, _ value: (TemplateVariable) -> String?
  ) throws(RequestError) -> String? {
    var output = ""
    for part in parts {
      switch part {
      case .text(let text): output += text
      case .variable(let variable, let optional):
        guard let text = value(variable), !text.isEmpty else {
          if optional { return nil }
          throw variable.missing
        }
        switch encoding {
        case .plain: output += text
        case .query: output += PercentEncoding.component(text)
        case .path where variable == .jobModel || variable == .match:
          output += try PercentEncoding.segments(text, of: variable.name)
        case .path: output += try PercentEncoding.segment(text, of: variable.name)
        }
      }
    }
    return output
  }
}

/// Why a template was refused.
struct TemplateError: Error, Equatable {
  let reason: String
}

extension TemplateVariable {
  /// The error of a required value that is not there.
  var missing: RequestError {
    switch self {
    case .environment(let name): .missingSecret(name)
    case .externalID, .jobModel: .handleIncomplete(missing: name)
    default: .missing(name)
    }
  }
}

extension StringProtocol where SubSequence == Substring {
  /// The first place of a literal text, byte by byte; Foundation and regexes stay out.
  func firstRange(ofText text: String) -> Range<Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].utf8.starts(with: text.utf8) {
        return start..<utf8.index(start, offsetBy: text.utf8.count)
      }
      start = utf8.index(after: start)
    }
    return nil
  }

  /// Without spaces, tabs and line ends at both ends.
  var trimmed: String {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
    var rest = self[startIndex...].drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return String(rest)
  }
}
