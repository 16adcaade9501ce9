// A provider's HTTP reply, and the facts read from it once for all predicates and rules.

import Wire

/// One HTTP reply, body as received.
package struct Reply: Sendable, Equatable {
  package struct Header: Sendable, Equatable {
    package let name: String
    package let value: String
    package init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  package let status: Int
  package let headers: [Header]
  package let body: [UInt8]

  package init(status: Int, headers: [Header] = [], body: [UInt8]) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first header of this name in any case (RFC 9110 §5.1), without surrounding space.
  package func header(_ name: String) -> String? {
    let wanted = name.lowercased()
    return headers.first { $0.name.lowercased() == wanted }?.value.trimmed
  }

  /// A stream of events, as far as the reply says what it is.
  package var isEvents: Bool {
    isSuccess && header("content-type")?.lowercased().hasPrefix("text/event-stream") ?? true
  }

  var isSuccess: Bool { (200...299).contains(status) }
}

/// What a profile's pointers find in a reply.
struct ReplyFacts {
  let reply: Reply
  /// The body; null when it is no JSON.
  let json: JSON
  let isJSON: Bool
  /// The provider's words as written; several when the state is spread over an array.
  let words: [String]
  let errorText: String?
  let outputs: [ProviderOutput]
}

extension Profile {
  func facts(of reply: Reply, _ context: RequestContext) -> ReplyFacts {
    let parsed = try? JSON(parsing: reply.body)
    let json = parsed ?? .null
    return ReplyFacts(
      reply: reply, json: json, isJSON: parsed != nil, words: state.words(in: json),
      errorText: error.text(in: json), outputs: outputs(in: json, context))
  }
}
