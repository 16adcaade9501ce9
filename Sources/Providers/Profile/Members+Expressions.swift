// Members that hold expressions: pointers, patterns, templates, conditions.

import Wire

extension Members {
  /// A pointer, or a list of fallbacks.
  func pointers(_ name: String) -> PointerList {
    self[name].map { Members.pointers($0, at: place + [name], problems) } ?? PointerList([])
  }

  static func pointers(_ json: JSON, at place: [String], _ problems: Problems) -> PointerList {
    if json.string != nil {
      return PointerList(path(json, at: place, problems).map { [$0] } ?? [])
    }
    guard let items = json.array, (1...16).contains(items.count) else {
      problems.error(place, "expected a JSON Pointer or a list of 1 to 16 of them")
      return PointerList([])
    }
    return PointerList(
      items.enumerated().compactMap { path($1, at: place + [String($0)], problems) })
  }

  static func path(_ json: JSON, at place: [String], _ problems: Problems) -> PointerPath? {
    if let path = json.string.flatMap(PointerPath.init) { return path }
    problems.error(
      place, "expected a JSON Pointer such as /urls/get or /images/*/url (at most 16 parts)")
    return nil
  }

  func pattern(_ name: String) -> Pattern? {
    self[name].flatMap { Members.pattern($0, at: place + [name], problems) }
  }

  static func pattern(_ json: JSON, at place: [String], _ problems: Problems) -> Pattern? {
    guard let source = json.string else {
      problems.error(place, "expected a pattern")
      return nil
    }
    do {
      return try Pattern(source)
    } catch {
      problems.error(place, "bad pattern: \(error)")
      return nil
    }
  }

  func template(_ name: String, _ scope: TemplateScope) -> Template? {
    guard let text = text(name, max: Template.sourceMax) else { return nil }
    return Members.template(text, at: place + [name], scope, problems)
  }

  static func template(
    _ text: String, at place: [String], _ scope: TemplateScope, _ problems: Problems
  ) -> Template? {
    do {
      let template = try Template(text)
      for variable in template.variables where !scope.allows(variable) {
        problems.error(place, "'{{\(variable.name)}}' cannot be used here: \(scope.reason)")
      }
      return template
    } catch {
      problems.error(place, error.reason)
      return nil
    }
  }

  /// Headers or query parameters.
  /// - Parameter alternatives: whether a list of forms may stand for one.
  func templates(
    _ name: String, _ scope: TemplateScope, alternatives: Bool = false
  ) -> [NamedTemplate] {
    entries(name, max: 32) { (key, value, place) -> [Template]? in
      let isHeader = scope != .query && scope != .authQuery
      guard !key.isEmpty, key.utf8.count <= 128, !isHeader || HeaderText.isName(key) else {
        problems.error(place, "'\(key)' is no name")
        return nil
      }
      if alternatives, let forms = value.array, (1...8).contains(forms.count) {
        return forms.enumerated().compactMap { index, form in
          Members.form(form, at: place + [String(index)], scope, problems)
        }
      }
      return Members.form(value, at: place, scope, problems).map { [$0] }
    }.compactMap { name, forms in
      forms.first.map {
        NamedTemplate(name: name, template: $0, alternatives: Array(forms.dropFirst()))
      }
    }
  }

  private static func form(
    _ json: JSON, at place: [String], _ scope: TemplateScope, _ problems: Problems
  ) -> Template? {
    if let text = json.string { return template(text, at: place, scope, problems) }
    problems.error(place, "expected a text, numbers too in quotes")
    return nil
  }
}

/// Where a template stands, and so what it may name.
enum TemplateScope {
  case url, query, header, body, variantURL, variantBody, resultURL, resultVariantURL
  case authHeader, authQuery, tokenPart, clientID, outputURL

  func allows(_ variable: TemplateVariable) -> Bool {
    switch (self, variable) {
    case (.authHeader, _), (.authQuery, _): variable.isSecret
    case (.tokenPart, .environment): true
    case (.tokenPart, _), (_, .environment), (_, .token): false
    case (.clientID, _): [.jobID, .jobStep, .jobStepID].contains(variable)
    case (.variantURL, .match), (.variantBody, .match), (.resultVariantURL, .match): true
    case (.resultURL, .reply), (.resultVariantURL, .reply), (.outputURL, .reply): true
    case (_, .reply): false
    case (_, .match): false
    case (.body, .jobInput), (.variantBody, .jobInput): true
    case (_, .jobInput): false
    default: true
    }
  }

  var reason: String {
    switch self {
    case .authHeader, .authQuery: "auth holds only env.NAME and jwt"
    case .tokenPart: "a token is made of env.NAME alone"
    case .clientID: "our own id is made of job.id and job.step, or is job.step_id"
    default:
      "env.NAME and jwt belong to auth, job.input to a body, match to a variant's url or body, "
        + "reply/POINTER to the url of the result or of an output"
    }
  }
}

/// What HTTP headers may hold (RFC 9110 §5.1, §5.5).
enum HeaderText {
  static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        ScalarSet.word.contains(Unicode.Scalar(byte)) || "!#$%&'*+-.^`|~".utf8.contains(byte)
      }
  }

  /// No control characters: a line end would begin another header.
  static func isValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  }
}
