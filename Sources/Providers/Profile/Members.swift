// Reading an object member by member while noting everything that is wrong, so that an author
// sees all mistakes at once, each by its place.

import Wire

/// The findings so far.
final class Problems {
  private(set) var list: [ProfileProblem] = []

  var hasErrors: Bool { list.contains { $0.severity == .error } }

  func error(_ place: [String], _ message: String) { add(place, message, .error) }

  func warning(_ place: [String], _ message: String) { add(place, message, .warning) }

  private func add(_ place: [String], _ message: String, _ severity: ProfileProblem.Severity) {
    let pointer = JSONPointer(tokens: place).description
    list.append(ProfileProblem(pointer: pointer, message: message, severity: severity))
  }
}

/// One object of a profile.
struct Members {
  let object: JSONObject
  let place: [String]
  let problems: Problems

  /// Notes every member that is not one of `names`, and what may have been meant.
  init(_ json: JSON, at place: [String], _ problems: Problems, names: [String]) {
    self.place = place
    self.problems = problems
    guard let object = json.object else {
      problems.error(place, "expected an object")
      self.object = JSONObject()
      return
    }
    self.object = object
    for member in object.members where !names.contains(member.name) {
      let hint = Suggestion.nearest(to: member.name, among: names).map { "; did you mean '\($0)'?" }
      problems.error(place + [member.name], "unknown member '\(member.name)'\(hint ?? "")")
    }
  }

  func error(_ name: String, _ message: String) { problems.error(place + [name], message) }

  /// The member, when it is there; null counts as absent.
  subscript(name: String) -> JSON? { object[name].flatMap { $0.isNull ? nil : $0 } }

  func required(_ name: String) -> JSON? {
    if let value = self[name] { return value }
    error(name, "'\(name)' is required")
    return nil
  }

  func text(_ name: String, max: Int = 1000) -> String? {
    guard let value = self[name] else { return nil }
    guard let text = value.string, !text.isEmpty, text.utf8.count <= max else {
      error(name, "expected a text of 1 to \(max) bytes")
      return nil
    }
    return text
  }

  func flag(_ name: String) -> Bool? {
    guard let value = self[name] else { return nil }
    if value.bool == nil { error(name, "expected true or false") }
    return value.bool
  }

  func int(_ name: String, _ range: ClosedRange<Int>) -> Int? {
    guard let value = self[name] else { return nil }
    guard let int = value.int, range.contains(int) else {
      error(name, "expected a whole number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return int
  }

  func number(_ name: String, _ range: ClosedRange<Double>) -> Double? {
    guard let value = self[name] else { return nil }
    guard let number = value.double, range.contains(number) else {
      error(name, "expected a number from \(range.lowerBound) to \(range.upperBound)")
      return nil
    }
    return number
  }

  /// One of a closed set's words.
  func word<Value: ProfileWord>(_ name: String, _: Value.Type = Value.self) -> Value? {
    self[name].flatMap { Members.word($0, at: place + [name], problems) }
  }

  static func word<Value: ProfileWord>(
    _ json: JSON, at place: [String], _ problems: Problems
  ) -> Value? {
    if let value = json.string.flatMap(Value.init(word:)) { return value }
    let known = Value.offered.map(\.word)
    let hint = json.string.flatMap { Suggestion.nearest(to: $0, among: known) }
    problems.error(
      place,
      "expected one of \(known.joined(separator: ", "))"
        + (hint.map { "; did you mean '\($0)'?" } ?? ""))
    return nil
  }

  /// Items of a list of at most `max`, each read with its place; no list: nothing.
  func list<Value>(
    _ name: String, max: Int = 100, _ read: (JSON, [String]) -> Value?
  ) -> [Value] {
    guard let value = self[name] else { return [] }
    guard let items = value.array, items.count <= max else {
      error(name, "expected a list of at most \(max) items")
      return []
    }
    return items.enumerated().compactMap { read($1, place + [name, String($0)]) }
  }

  func texts(_ name: String, max: Int = 100) -> [String] {
    list(name, max: max) { item, place in
      guard let text = item.string, !text.isEmpty, text.utf8.count <= 1000 else {
        problems.error(place, "expected a text of 1 to 1000 bytes")
        return nil
      }
      return text
    }
  }

  /// Members of an object, each read with its place; no object: nothing.
  func entries<Value>(
    _ name: String, max: Int = 200, _ read: (String, JSON, [String]) -> Value?
  ) -> [(name: String, value: Value)] {
    guard let value = self[name] else { return [] }
    guard let members = value.object?.members, members.count <= max else {
      error(name, "expected an object of at most \(max) members")
      return []
    }
    return members.compactMap { member in
      read(member.name, member.value, place + [name, member.name]).map { (member.name, $0) }
    }
  }
}
