// A request's JSON body, read member by member; what nobody asked for is refused.

import Ledger
import Wire

/// The members of a body.
struct Body: Sendable {
  private let object: JSONObject

  init(_ object: JSONObject) { self.object = object }

  /// - Throws: `Problem`: there is a member that the request does not know.
  func allowOnly(_ names: Set<String>) throws(Problem) {
    for member in object.members where !names.contains(member.name) {
      let name = member.name.prefix(64)
      throw .invalid("the body's member \"\(name)\" is not known here")
    }
  }

  func value(_ name: String) -> JSON? { object[name] }

  func text(_ name: String) throws(Problem) -> String? {
    guard let value = object[name] else { return nil }
    guard let text = value.string else { throw .invalid("\"\(name)\" is no text") }
    return text
  }

  func requiredText(_ name: String) throws(Problem) -> String {
    guard let text = try text(name) else { throw .invalid("\"\(name)\" is missing") }
    guard !text.isEmpty else { throw .invalid("\"\(name)\" is empty") }
    return text
  }

  func credits(_ name: String) throws(Problem) -> Credits? {
    guard let value = object[name] else { return nil }
    // A number would have passed through binary floats on its way here.
    guard let text = value.string, let credits = Credits(text) else {
      throw .invalid("\"\(name)\" is no decimal text such as \"27\" or \"0.2\"")
    }
    return credits
  }

  func requiredCredits(_ name: String) throws(Problem) -> Credits {
    guard let credits = try credits(name) else { throw .invalid("\"\(name)\" is missing") }
    return credits
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
    guard let value = object[name] else { return nil }
    guard let number = value.int, range.contains(number) else {
      throw .invalid(
        "\"\(name)\" is no whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A length of time such as `90s`, whole milliseconds, more than none.
  func milliseconds(_ name: String) throws(Problem) -> UInt64? {
    guard let text = try text(name) else { return nil }
    guard let length = Duration(compact: text), length.milliseconds > 0 else {
      throw .invalid("\"\(name)\" is no length of time such as \"90s\", \"15m\" or \"2h\"")
    }
    return UInt64(length.milliseconds)
  }

  /// The caller's own labels: texts by name.
  func labels(_ name: String) throws(Problem) -> JSONObject {
    guard let value = object[name] else { return JSONObject() }
    guard let labels = value.object, labels.members.allSatisfy({ $0.value.string != nil }) else {
      throw .invalid("\"\(name)\" is no object of texts")
    }
    return labels
  }
}
