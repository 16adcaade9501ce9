// A JSON value. Numbers keep their text: provider replies hold integers beyond Int64 (a recorded
// seed is 17454220438242315174) and money must never pass through Double.

/// A JSON value (RFC 8259) with numbers as written and members in order. Two values are equal when
/// they would be written as the same bytes: `1` is not `1.0`, and a precomposed `é` is not `e` with
/// an accent, although Swift's strings compare equal there (RFC 8259 §8.3).
package enum JSON: Sendable, Equatable {
  case null
  case bool(Bool)
  /// The number's text exactly as it stood, e.g. `17454220438242315174` or `1e-3`.
  case number(String)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  package static func == (left: JSON, right: JSON) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.number(let a), .number(let b)), (.string(let a), .string(let b)): a.hasSameBytes(as: b)
    case (.array(let a), .array(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    default: false
    }
  }
}

/// An object's members in the order they stood; names are unique.
package struct JSONObject: Sendable, Equatable {
  package struct Member: Sendable, Equatable {
    package var name: String
    package var value: JSON
    package init(_ name: String, _ value: JSON) {
      self.name = name
      self.value = value
    }

    package static func == (left: Member, right: Member) -> Bool {
      left.name.hasSameBytes(as: right.name) && left.value == right.value
    }
  }

  package private(set) var members: [Member]

  package init(_ members: [Member] = []) { self.members = members }

  /// The value of `name`; setting nil removes it, setting a new name appends it.
  package subscript(_ name: String) -> JSON? {
    get { members.first { $0.name.hasSameBytes(as: name) }?.value }
    set {
      if let index = members.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
        if let newValue {
          members[index].value = newValue
        } else {
          members.remove(at: index)
        }
      } else if let newValue {
        members.append(Member(name, newValue))
      }
    }
  }
}

extension JSON {
  package static func int(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  package var array: [JSON]? { if case .array(let items) = self { items } else { nil } }
  package var object: JSONObject? { if case .object(let object) = self { object } else { nil } }
  package var isNull: Bool { self == .null }

  /// The value as an integer; nil when it is no number, has a fraction or exponent or does not fit.
  package var int: Int? { if case .number(let text) = self { Int(text) } else { nil } }

  /// The value as a binary float, for progress and durations only, never for money; nil when it is
  /// no number or lies outside the range of `Double` (`1e400`), so never infinite.
  package var double: Double? {
    guard case .number(let text) = self, let value = Double(text), value.isFinite else {
      return nil
    }
    return value
  }

  /// Member `name` of an object; nil for everything else.
  package subscript(_ name: String) -> JSON? { object?[name] }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByIntegerLiteral, ExpressibleByNilLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self = .string(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  package init(integerLiteral value: Int) { self = .number(String(value)) }
  package init(nilLiteral: ()) { self = .null }
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }

  /// Members in the order written; names are the program's own, so they are trusted to be unique.
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = .object(JSONObject(elements.map { JSONObject.Member($0.0, $0.1) }))
  }
}

extension String {
  /// Equality of UTF-8, not of Unicode's canonical forms: JSON compares names and strings code
  /// point by code point (RFC 8259 §8.3).
  package func hasSameBytes(as other: String) -> Bool {
    // Canonical equality first: it is a memory comparison for ASCII and nearly always false.
    self == other && utf8.elementsEqual(other.utf8)
  }
}
