// Validates JSON against the schemas of this repository: the part of JSON Schema (2020-12) that
// they use, and a complaint about every keyword outside it, so that nothing is believed checked
// that is not.

package import Wire

/// A schema and what is wrong with values.
package struct SchemaCheck {
  private let schema: JSON
  /// Where `$ref` looks, and what it passed on the way here.
  private let root: JSON
  private var problems: [String] = []

  package init(_ schema: JSON) { self.init(schema, root: schema) }

  /// - Parameter root: the document that `$ref` points into.
  package init(_ schema: JSON, in root: JSON) { self.init(schema, root: root) }

  private init(_ schema: JSON, root: JSON) {
    self.schema = schema
    self.root = root
  }

  /// What is wrong with `value`; empty when nothing is. Members that the schema does not describe
  /// are wrong too, unless it says that they may be anything.
  package func problems(of value: JSON) -> [String] {
    var check = self
    check.check(value, schema, at: "")
    return check.problems
  }

  private static let notes: Set = [
    "$schema", "$id", "$defs", "title", "description", "$comment", "default",
  ]

  private mutating func check(_ value: JSON, _ schema: JSON, at path: String) {
    guard let members = schema.object?.members else { return fail(path, "the schema is no object") }
    for member in members where !SchemaCheck.notes.contains(member.name) {
      keyword(member.name, member.value, value, schema, path)
    }
  }

  private mutating func keyword(
    _ name: String, _ rule: JSON, _ value: JSON, _ schema: JSON, _ path: String
  ) {
    switch name {
    case "type":
      let types = rule.array?.compactMap(\.string) ?? [rule.string ?? ""]
      if !types.contains(where: { SchemaCheck.isOf($0, value) }) {
        fail(path, "is not of type \(rule.text): \(value.text.prefix(80))")
      }
    case "const": if value != rule { fail(path, "is not \(rule.text)") }
    case "enum":
      if rule.array?.contains(value) != true { fail(path, "\(value.text) is none of \(rule.text)") }
    case "required":
      for name in rule.array?.compactMap(\.string) ?? [] {
        if let object = value.object, object[name] == nil { fail(path, "lacks \(name)") }
      }
    case "properties": properties(rule, value, schema, path)
    case "additionalProperties": additional(rule, value, schema, path)
    case "items":
      for (index, item) in (value.array ?? []).enumerated() {
        check(item, rule, at: "\(path)/\(index)")
      }
    case "oneOf", "anyOf":
      let fitting = (rule.array ?? []).filter {
        SchemaCheck($0, root: root).problems(of: value).isEmpty
      }
      if fitting.isEmpty || name == "oneOf" && fitting.count > 1 {
        fail(path, "fits \(fitting.count) of \(name): \(value.text.prefix(80))")
      }
    case "pattern":
      guard let text = value.string else { return }
      guard let regex = try? Regex(rule.string ?? "") else { return fail(path, "bad pattern") }
      if text.firstMatch(of: regex) == nil { fail(path, "\(text) does not match \(rule.text)") }
    case "minimum", "maximum":
      guard let number = value.double, let bound = rule.double else { return }
      if name == "minimum" ? number < bound : number > bound {
        fail(path, "\(number) is beyond the \(name) \(bound)")
      }
    case "format":
      guard let text = value.string else { return }
      switch rule.string {
      case "date-time": if Timestamp(text) == nil { fail(path, "\(text) is no time") }
      case "uri": if !text.contains("://") { fail(path, "\(text) is no URL") }
      default: fail(path, "the format \(rule.text) is not known here")
      }
    case "$ref":
      let pointer = JSONPointer(String((rule.string ?? "").dropFirst()))
      guard let meant = pointer.flatMap({ root.at($0) }) else {
        return fail(path, "nothing is at \(rule.text)")
      }
      check(value, meant, at: path)
    default: size(name, rule, value, path)
    }
  }

  /// Bounds of texts, arrays and objects.
  private mutating func size(_ name: String, _ rule: JSON, _ value: JSON, _ path: String) {
    let size: Int?
    switch name {
    case "minLength", "maxLength": size = value.string?.unicodeScalars.count
    case "minItems", "maxItems": size = value.array?.count
    case "minProperties", "maxProperties": size = value.object?.members.count
    case "exclusiveMinimum":
      if let number = value.double, let bound = rule.double, number <= bound {
        fail(path, "\(number) is not above \(bound)")
      }
      return
    default: return fail(path, "the schema's keyword \(name) is not known here")
    }
    guard let size, let bound = rule.int else { return }
    if name.hasPrefix("min") ? size < bound : size > bound {
      fail(path, "\(name) is \(bound), not \(size)")
    }
  }

  private mutating func properties(
    _ rule: JSON, _ value: JSON, _ schema: JSON, _ path: String
  ) {
    for member in value.object?.members ?? [] {
      if let described = rule[member.name] {
        check(member.value, described, at: "\(path)/\(member.name)")
      } else if schema["additionalProperties"] == nil {
        fail(path, "\(member.name) is not described")
      }
    }
  }

  private mutating func additional(
    _ rule: JSON, _ value: JSON, _ schema: JSON, _ path: String
  ) {
    for member in value.object?.members ?? [] where schema["properties"]?[member.name] == nil {
      switch rule {
      case .bool(true): continue
      case .bool(false): fail(path, "\(member.name) may not stand here")
      default: check(member.value, rule, at: "\(path)/\(member.name)")
      }
    }
  }

  private static func isOf(_ type: String, _ value: JSON) -> Bool {
    switch (type, value) {
    case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .array),
      ("object", .object), ("number", .number):
      true
    case ("integer", .number(let text)): Int(text) != nil
    default: false
    }
  }

  private mutating func fail(_ path: String, _ what: String) {
    problems.append("\(path.isEmpty ? "/" : path): \(what)")
  }
}
