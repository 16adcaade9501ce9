// A finished HTTP request, secrets in place: made for one sending, never stored.

/// What is asked of a provider.
package enum RequestPhase: String, Sendable, CaseIterable {
  case submit, status, result, cancel
  /// The provider's list of jobs, for finding one whose submit had no answer.
  case list
  /// Server-sent events about one job.
  case stream

  /// The phases that are sections of their own at a profile's top.
  static let sections: [RequestPhase] = [.submit, .status, .result, .cancel]
}

/// One HTTP request to a provider.
package struct ProviderRequest: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  package struct Header: Sendable, Equatable {
    package let name: String
    package let value: String
  }

  package let phase: RequestPhase
  package let method: String
  package let url: WebAddress
  package let headers: [Header]
  package let body: [UInt8]?
  package let timeoutSeconds: Int
  /// The key this request carries; nil where the provider honours none, and then an attempt whose
  /// answer is lost must never be repeated (PRODUCT, rule 3).
  package let idempotencyKey: String?

  package func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// Method, URL without its query, and header names: values may be secrets.
  package var description: String {
    let names = headers.map(\.name).joined(separator: ", ")
    let query = url.query == nil ? "" : "?…"
    return "\(method) \(url.origin)\(url.path)\(query) [\(names)] \(body?.count ?? 0) bytes"
  }

  package var debugDescription: String { description }
}
