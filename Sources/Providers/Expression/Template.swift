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
  /// A place in the status answer that said the job is finished, in the result's URL; in an
  /// output's URL a place in the answer, or in the item it is made for.
  case reply(PointerPath)
  /// An environment variable; only in `auth`.
  case environment(String)
  /// The token that `auth.jwt` describes; only in `auth`.
  case token

  init?(_ name: String) {
    switch name {
    case "job.id": self = .jobID
    case "job.model": self = .jobModel
    case "job.step": self = .jobStep
    case "job.step_id": self = .jobStepID
    case "job.input": self = .jobInput
    case "handle.external_id": self = .externalID
    case "match": self = .match
    case "jwt": self = .token
    case _ where name.hasPrefix("reply/"):
      guard let path = PointerPath(String(name.dropFirst(5))) else { return nil }
      self = .reply(path)
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
    case .reply(let path): "reply\(path)"
    case .token: "jwt"
    case .environment(let variable): "env.\(variable)"
    }
  }

  /// Whether `auth` alone may name it.
  var isSecret: Bool {
    switch self {
    case .environment, .token: true
    default: false
    }
  }

  var isReply: Bool { if case .reply = self { true } else { false } }
}

/// A parsed template. `{{name?}}` is optional: without a value, whatever holds the template (a
/// header, a query parameter, a body member) is left out; in a URL it is empty. `{{+name}}` keeps a
/// value's slashes in a path (RFC 6570 §3.2.3), as a model's always are.
package struct Template: Sendable, Equatable {
  enum Part: Sendable, Equatable {
    case text(String)
    case variable(TemplateVariable, optional: Bool, keepsSlashes: Bool)
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
      let keepsSlashes = name.hasPrefix("+")
      if keepsSlashes { name.removeFirst() }
      guard let variable = TemplateVariable(name) else {
        throw TemplateError(
          reason: "unknown name '{{\(name)}}'; known are job.id, job.model, job.step, "
            + "job.step_id, job.input, handle.external_id, match, reply/POINTER, jwt, env.NAME")
      }
      let keeps = keepsSlashes || variable == .jobModel || variable == .match
      parts.append(.variable(variable, optional: optional, keepsSlashes: keeps))
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    self.parts = parts
  }

  var variables: [TemplateVariable] {
    parts.compactMap { if case .variable(let variable, _, _) = $0 { variable } else { nil } }
  }

  /// Those without which something can be made all the same.
  var optionalVariables: [TemplateVariable] {
    parts.compactMap {
      if case .variable(let variable, optional: true, _) = $0 { variable } else { nil }
    }
  }

  /// The variable, when the template is nothing but one place.
  var soleVariable: (variable: TemplateVariable, optional: Bool)? {
    guard parts.count == 1, case .variable(let variable, let optional, _) = parts[0] else {
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
      case .variable(let variable, let optional, let keepsSlashes):
        guard let text = value(variable), !text.isEmpty else {
          if optional, encoding == .path { continue }
          if optional { return nil }
          throw variable.missing
        }
        switch encoding {
        case .plain: output += text
        case .query: output += PercentEncoding.component(text)
        case .path where keepsSlashes:
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
    case .externalID, .jobModel, .reply: .handleIncomplete(missing: name)
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
