// The name of an output in the store, made from a template (policy `store_key`). Two outputs never
// have one name: that would hand one customer's output to another.

package import Wire

/// A checked template such as `users/{account}/{job}.{ext}`.
package struct StoreKey: Sendable, Equatable {
  package static let standard = "users/{account}/{job}.{ext}"
  /// A template, bytes.
  static let bytesMax = 256

  /// What stands for a part of the name.
  enum Placeholder: String, Sendable, CaseIterable {
    case account, job, step, index, ext, date
  }

  private enum Part: Sendable, Equatable {
    case literal(String)
    case placeholder(Placeholder)
  }

  private let parts: [Part]

  /// Nil unless segments are plain and `{job}`, which alone is different for every job, begins one
  /// and ends it, or is followed by `/`, `~` or `.{ext}`, none of which a job's id can hold or be
  /// mistaken for.
  package init?(_ text: String) {
    guard text.utf8.count <= StoreKey.bytesMax, let parts = StoreKey.parse(text) else { return nil }
    // With `x` for every placeholder it must be a plain path.
    let sample = parts.map { if case .literal(let text) = $0 { text } else { "x" } }.joined()
    guard PathSegment.arePlain(sample),
      let job = parts.firstIndex(of: .placeholder(.job)),
      parts[..<job].last.map(StoreKey.endsSegment) ?? true
    else { return nil }
    let rest = parts[(job + 1)...]
    let isApart: Bool
    switch rest.first {
    case nil: isApart = true
    case .literal("."): isApart = rest.count == 2 && rest.last == .placeholder(.ext)
    case .literal(let text): isApart = text.hasPrefix("/") || text.hasPrefix("~")
    case .placeholder: isApart = false
    }
    guard isApart else { return nil }
    self.parts = parts
  }

  private static func endsSegment(_ part: Part) -> Bool {
    if case .literal(let text) = part { text.hasSuffix("/") } else { false }
  }

  private static func parse(_ text: String) -> [Part]? {
    var parts: [Part] = []
    var rest = text[...]
    while !rest.isEmpty {
      let literal = rest.prefix { $0 != "{" && $0 != "}" }
      if !literal.isEmpty { parts.append(.literal(String(literal))) }
      rest = rest.dropFirst(literal.count)
      guard !rest.isEmpty else { break }
      guard rest.hasPrefix("{"), let end = rest.firstIndex(of: "}"),
        let placeholder = Placeholder(rawValue: String(rest.dropFirst()[..<end]))
      else { return nil }
      parts.append(.placeholder(placeholder))
      rest = rest[rest.index(after: end)...]
    }
    return parts
  }

  /// What an output is.
  package struct Values: Sendable, Equatable {
    package var account: String
    package var job: String
    /// From 0.
    package var step: UInt32
    /// From 0, of `count`.
    package var index: UInt64
    package var count: UInt64
    /// Without its dot; `[a-z0-9]{1,8}`.
    package var ext: String
    /// When the job was submitted.
    package var submittedAt: Timestamp

    package init(
      account: String, job: String, step: UInt32, index: UInt64, count: UInt64, ext: String,
      submittedAt: Timestamp
    ) {
      self.account = account
      self.job = job
      self.step = step
      self.index = index
      self.count = count
      self.ext = ext
      self.submittedAt = submittedAt
    }
  }

  /// The output's name. Where a job has several outputs and the template does not tell them apart,
  /// `~INDEX` stands before the extension.
  package func name(of output: Values) -> String {
    var parts = parts
    if output.count > 1, !parts.contains(.placeholder(.index)) {
      let hasExtension = parts.suffix(2) == [.literal("."), .placeholder(.ext)]
      parts.insert(
        contentsOf: [.literal("~"), .placeholder(.index)],
        at: hasExtension ? parts.count - 2 : parts.count)
    }
    return parts.map { part in
      switch part {
      case .literal(let text): text
      case .placeholder(let placeholder): StoreKey.text(placeholder, output)
      }
    }.joined()
  }

  private static func text(_ placeholder: Placeholder, _ output: Values) -> String {
    switch placeholder {
    case .account: PathSegment.safe(output.account)
    case .job: PathSegment.safe(output.job)
    case .step: String(output.step)
    case .index: String(output.index)
    case .ext: PathSegment.safe(output.ext)
    case .date: String(output.submittedAt.description.prefix(10))
    }
  }
}
