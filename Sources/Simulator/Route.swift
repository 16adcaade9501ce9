// One line of a provider's table of routes: a method, a path with holes, and what it is for.

/// One route of a provider.
struct Route: Sendable {
  typealias Handler = @Sendable (Request, [Substring], inout World) -> Answer

  let method: String
  /// e.g. `/v1/predictions/{id}`. `{model...}` stands for one segment or several.
  let pattern: String
  let phase: Phase
  /// Called with the request and what stood in the pattern's braces, in order.
  let handler: Handler
  private let segments: [Substring]
  /// The place of the segment that stands for several.
  private let wide: Int?

  init(_ method: String, _ pattern: String, _ phase: Phase, handler: @escaping Handler) {
    self.method = method
    self.pattern = pattern
    self.phase = phase
    self.handler = handler
    segments = pattern.dropFirst().split(separator: "/")
    wide = segments.firstIndex { $0.hasSuffix("...}") }
  }

  /// What stands in the braces; nil when the request is not for this route.
  func match(_ request: Request) -> [Substring]? {
    guard request.method == method else { return nil }
    var parts = request.segments
    if let wide {
      let extra = parts.count - segments.count
      guard extra >= 0, !parts[wide...(wide + extra)].contains(where: \.isEmpty) else {
        return nil
      }
      let joined = parts[wide...(wide + extra)].joined(separator: "/")
      parts.replaceSubrange(wide...(wide + extra), with: [Substring(joined)])
    }
    guard parts.count == segments.count else { return nil }
    var captures: [Substring] = []
    for (part, segment) in zip(parts, segments) {
      if segment.first == "{" {
        guard !part.isEmpty else { return nil }
        captures.append(part)
      } else if part != segment {
        return nil
      }
    }
    return captures
  }
}
