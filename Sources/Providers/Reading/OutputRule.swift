// Where a profile finds results: URLs in strings, arrays and objects, at a place of their own, or
// inline text and JSON.

import Wire

struct OutputRule: Sendable, Equatable {
  static let outputsMax = 256
  static let depthMax = 4
  /// All URLs together, bytes: they are kept as one text, and data: URLs are results themselves.
  static let bytesMax = 3 << 20

  /// Places of results; empty when `url` says where the result is.
  var items = PointerList([])
  /// A URL known without the reply (binary endpoints), or made of each item's members.
  var url: Template?
  /// Within an item that is an object.
  var urlPointers = PointerList([])
  var mediaTypePointers = PointerList([])
  var expiresAt = PointerList([])
  var mediaTypes: [MediaTypeRule] = []
  var defaultMediaType: String?
  /// A value without any URL is itself the result.
  var inline = false
  /// Paths beginning with '/' are under the base URL's origin.
  var relative = false
  var needsAuth = false
}

/// URLs that match are of this type.
struct MediaTypeRule: Sendable, Equatable {
  let pattern: Pattern
  let type: String
}

extension Profile {
  /// All outputs of all rules, each URL once.
  func outputs(in json: JSON, _ context: RequestContext) -> [ProviderOutput] {
    var found: [ProviderOutput] = []
    var seen: Set<String> = []
    var bytes = 0
    for rule in outputRules {
      for output in outputs(of: rule, in: json, context) where found.count < OutputRule.outputsMax {
        let isRoom = bytes + output.url.utf8.count <= OutputRule.bytesMax
        guard let kept = isRoom ? output : elsewhere(output, context),
          seen.insert(kept.url).inserted
        else { continue }
        found.append(kept)
        bytes += kept.url.utf8.count
      }
    }
    return found
  }

  /// A result too large to be kept with the reply's facts is where the reply came from.
  private func elsewhere(_ output: ProviderOutput, _ context: RequestContext) -> ProviderOutput? {
    for phase in [RequestPhase.result, .status] {
      guard let rule = requests[phase], let form = try? form(of: rule, phase, context),
        let place = try? address(phase, form, context)
      else { continue }
      return ProviderOutput(
        url: place.description, mediaType: "application/json", needsAuth: true)
    }
    return nil
  }

  private func outputs(
    of rule: OutputRule, in json: JSON, _ context: RequestContext
  ) -> [ProviderOutput] {
    if let template = rule.url {
      var context = context
      context.handle = context.handle.updated(with: handleRule.handle(in: json, context))
      let items = rule.items.paths.isEmpty ? [json] : rule.items.values(in: json)
      return items.flatMap(\.unpacked).prefix(OutputRule.outputsMax).compactMap { item in
        context.lastReply = item
        guard let url = try? address(of: template, context, match: nil) else { return nil }
        return output(rule, url: url.description, item: item)
      }
    }
    for path in rule.items.paths {
      let values = path.values(in: json)
      var found: [ProviderOutput] = []
      for value in values { walk(value, rule, depth: 0, into: &found) }
      if found.isEmpty, rule.inline {
        for value in values where !value.isEmpty { found.append(inline(value, rule)) }
      }
      if !found.isEmpty { return found }
    }
    return []
  }

  private func walk(
    _ value: JSON, _ rule: OutputRule, depth: Int, into found: inout [ProviderOutput]
  ) {
    guard depth <= OutputRule.depthMax, found.count < OutputRule.outputsMax else { return }
    if let url = value.string.flatMap({ url($0, rule) }) {
      found.append(output(rule, url: url, item: nil))
    } else if value.object != nil,
      let url = rule.urlPointers.text(in: value).flatMap({ url($0, rule) })
    {
      found.append(output(rule, url: url, item: value))
    } else {
      for child in value.children { walk(child, rule, depth: depth + 1, into: &found) }
    }
  }

  private func url(_ text: String, _ rule: OutputRule) -> String? {
    if text.utf8.starts(with: "data:".utf8) { return text.contains(",") ? text : nil }
    if rule.relative, text.hasPrefix("/"), !text.hasPrefix("//") {
      return WebAddress(base.origin + text)?.description
    }
    if WebAddress(text) != nil { return text }
    // A space in a file's name must not turn a success into no_output.
    return PercentEncoding.mended(url: text).flatMap { WebAddress($0) == nil ? nil : $0 }
  }

  private func output(_ rule: OutputRule, url: String, item: JSON?) -> ProviderOutput {
    let stated = item.flatMap { rule.mediaTypePointers.text(in: $0) }?.normalised
    let matched = { rule.mediaTypes.first { $0.pattern.matches(url) }?.type }
    return ProviderOutput(
      url: url,
      mediaType: stated.flatMap(MediaType.checked) ?? matched() ?? MediaType.of(url: url)
        ?? rule.defaultMediaType,
      needsAuth: rule.needsAuth,
      expiresAt: item.flatMap { rule.expiresAt.text(in: $0) }?.cut(to: 64))
  }

  private func inline(_ value: JSON, _ rule: OutputRule) -> ProviderOutput {
    if let text = value.string {
      let data = "data:text/plain;charset=utf-8,\(PercentEncoding.component(text))"
      return ProviderOutput(url: data, mediaType: "text/plain")
    }
    let data = "data:application/json,\(PercentEncoding.component(value.text))"
    return ProviderOutput(url: data, mediaType: "application/json")
  }
}

extension JSON {
  /// The items of an array, one level deep; anything else alone.
  fileprivate var unpacked: [JSON] { array ?? [self] }

  /// Nothing that could be a result.
  fileprivate var isEmpty: Bool {
    switch self {
    case .null, .bool(false): true
    case .string(let text): text.isEmpty
    case .array(let items): items.allSatisfy(\.isEmpty)
    case .object(let object): object.members.allSatisfy(\.value.isEmpty)
    default: false
    }
  }
}
