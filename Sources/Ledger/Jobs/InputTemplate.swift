// Text of a step's input with `{{...}}` places, filled in when the step is sent: what an earlier
// step made is the next one's material.

/// A parsed text.
struct InputTemplate: Equatable {
  /// What a place names. Steps and outputs are counted from 0, as in events.
  enum Name: Equatable {
    case jobID
    /// Output nil: of every output; stands alone and becomes a list.
    case output(step: Int, output: Int?, field: Field)

    var description: String {
      switch self {
      case .jobID: "job.id"
      case .output(let step, let output, let field):
        "steps.\(step).outputs.\(output.map(String.init) ?? "*").\(field.rawValue)"
      }
    }
  }

  enum Field: String { case url, media_type }

  enum Part: Equatable {
    case text(String)
    case name(Name)
  }

  /// Why a text is refused.
  enum Flaw: Error, CustomStringConvertible {
    case unclosed
    case unknown(String)
    case listInText

    var description: String {
      switch self {
      case .unclosed: "'{{' without '}}'"
      case .unknown(let name):
        "unknown name '{{\(name)}}'; known are {{job.id}} and {{steps.N.outputs.M.url}} or "
          + "{{steps.N.outputs.M.media_type}}, counted from 0, with * for every output"
      case .listInText: "a list of every output (*) must stand alone in its text"
      }
    }
  }

  let parts: [Part]

  init(_ text: String) throws(Flaw) {
    var parts: [Part] = []
    var rest = text.utf8[...]
    while let open = InputTemplate.place(of: UInt8(ascii: "{"), in: rest) {
      if open > rest.startIndex { parts.append(.text(String(rest[..<open]) ?? "")) }
      rest = rest[rest.index(open, offsetBy: 2)...]
      guard let close = InputTemplate.place(of: UInt8(ascii: "}"), in: rest) else {
        throw .unclosed
      }
      let name = String(rest[..<close]) ?? ""
      parts.append(.name(try InputTemplate.name(name)))
      rest = rest[rest.index(close, offsetBy: 2)...]
    }
    if rest.startIndex < rest.endIndex { parts.append(.text(String(rest) ?? "")) }
    self.parts = parts
    guard parts.count == 1 || !parts.contains(where: \.isList) else { throw .listInText }
  }

  /// Steps whose outputs it names.
  var steps: [Int] {
    parts.compactMap { part in
      if case .name(.output(let step, _, _)) = part { step } else { nil }
    }
  }

  /// Where a byte stands twice in a row.
  private static func place(
    of byte: UInt8, in text: Substring.UTF8View
  ) -> Substring.UTF8View.Index? {
    var start = text.startIndex
    while let index = text[start...].firstIndex(of: byte) {
      let next = text.index(after: index)
      guard next < text.endIndex else { return nil }
      if text[next] == byte { return index }
      start = next
    }
    return nil
  }

  private static func name(_ source: String) throws(Flaw) -> Name {
    let text = source.filter { $0 != " " }
    if text == "job.id" { return .jobID }
    let words = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard words.count == 5, words[0] == "steps", words[2] == "outputs",
      let step = number(words[1]), let field = Field(rawValue: words[4])
    else { throw .unknown(String(source.prefix(80))) }
    if words[3] == "*" { return .output(step: step, output: nil, field: field) }
    guard let output = number(words[3]) else { throw .unknown(String(source.prefix(80))) }
    return .output(step: step, output: output, field: field)
  }

  /// Digits as a program writes them.
  private static func number(_ text: String) -> Int? {
    guard text.utf8.count <= 4, let number = Int(text), String(number) == text else { return nil }
    return number >= 0 ? number : nil
  }
}

extension InputTemplate.Part {
  fileprivate var isList: Bool {
    if case .name(.output(_, nil, _)) = self { true } else { false }
  }
}
