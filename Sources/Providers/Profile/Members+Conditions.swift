// Conditions and rules as JSON. All members of a condition must hold.

import Wire

extension Members {
  static let conditionNames = [
    "status", "word", "present", "absent", "equals", "matches", "header", "error_matches",
    "outputs", "all", "any", "not", "about",
  ]

  static func condition(
    _ json: JSON, at place: [String], depth: Int = 0, _ problems: Problems
  ) -> Condition? {
    guard depth <= 4 else {
      problems.error(place, "conditions deeper than 4")
      return nil
    }
    let members = Members(json, at: place, problems, names: conditionNames)
    let conditions = members.plainTests() + members.nestedTests(depth: depth)
    if conditions.isEmpty, json.object?.members.allSatisfy({ $0.name == "about" }) ?? false {
      let names = conditionNames.dropLast().joined(separator: ", ")
      problems.error(place, "a condition needs one of \(names)")
    }
    return conditions.count == 1 ? conditions[0] : .all(conditions)
  }

  private func plainTests() -> [Condition] {
    var tests: [Condition] = []
    if self["status"] != nil {
      tests.append(.status(list("status") { Members.statusRange($0, at: $1, problems) }))
    }
    if self["word"] != nil { tests.append(.word(Set(texts("word").map(\.normalised)))) }
    if self["present"] != nil { tests.append(.present(pointers("present"))) }
    if self["absent"] != nil { tests.append(.absent(pointers("absent"))) }
    tests += entries("equals") { (key, value, place) -> Condition? in
      Members.path(.string(key), at: place, problems).map { .equals($0, value) }
    }.map(\.value)
    tests += entries("matches") { (key, value, place) -> Condition? in
      guard let path = Members.path(.string(key), at: place, problems),
        let pattern = Members.pattern(value, at: place, problems)
      else { return nil }
      return .matches(path, pattern)
    }.map(\.value)
    tests += entries("header") { (key, value, place) -> Condition? in
      Members.pattern(value, at: place, problems).map { .header(key, $0) }
    }.map(\.value)
    if let pattern = pattern("error_matches") { tests.append(.errorMatches(pattern)) }
    if let flag = flag("outputs") { tests.append(.outputs(flag)) }
    return tests
  }

  private func nestedTests(depth: Int) -> [Condition] {
    var tests: [Condition] = []
    let read: (JSON, [String]) -> Condition? = { json, place in
      Members.condition(json, at: place, depth: depth + 1, problems)
    }
    if self["all"] != nil { tests.append(.all(list("all", read))) }
    if self["any"] != nil { tests.append(.any(list("any", read))) }
    if let inner = self["not"].flatMap({ read($0, place + ["not"]) }) { tests.append(.not(inner)) }
    return tests
  }

  /// `404`, `"5xx"` or `"500-504"`.
  static func statusRange(
    _ json: JSON, at place: [String], _ problems: Problems
  ) -> ClosedRange<Int>? {
    if let status = json.int, (100...599).contains(status) { return status...status }
    if let text = json.string {
      let ends = text.split(separator: "-").compactMap { Int($0) }
      if ends.count == 2, ends[0] <= ends[1], ends[0] >= 100, ends[1] <= 599 {
        return ends[0]...ends[1]
      }
      if text.utf8.count == 3, text.hasSuffix("xx"), let digit = Int(text.prefix(1)),
        (1...5).contains(digit)
      {
        return digit * 100...digit * 100 + 99
      }
    }
    problems.error(place, "expected an HTTP status: 404, \"5xx\" or \"500-504\"")
    return nil
  }

  /// A list of `{"when": …, NAME: …}`.
  func rules<Value: ProfileWord>(
    _ name: String, consequence: String, fallback: Value? = nil
  ) -> [Rule<Value>] {
    list(name) { (json, place) -> Rule<Value>? in
      let members = Members(json, at: place, problems, names: ["when", consequence, "about"])
      guard
        let when = members.required("when").flatMap({
          Members.condition($0, at: place + ["when"], problems)
        })
      else { return nil }
      guard members[consequence] != nil || fallback == nil else {
        return fallback.map { Rule(when: when, consequence: $0) }
      }
      guard members.required(consequence) != nil, let value: Value = members.word(consequence)
      else { return nil }
      return Rule(when: when, consequence: value)
    }
  }

  func conditions(_ name: String) -> [Condition] {
    list(name) { Members.condition($0, at: $1, problems) }
  }
}
