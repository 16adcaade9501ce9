// A notification as it came over the wire, before anybody believes it.

import Wire

/// A message as it came.
package struct WebhookMessage: Sendable, Equatable {
  /// Headers read of one message, and bytes of one header's value.
  package static let headersMax = 200
  package static let headerBytesMax = 8192

  package let headers: [Reply.Header]
  /// As received: a signature covers bytes, not what they mean.
  package let body: [UInt8]

  package init(headers: [Reply.Header], body: [UInt8]) {
    self.headers = headers
    self.body = body
  }

  /// The value of a header that a signature needs: there once, of visible ASCII. A name given twice
  /// could be read in two ways.
  func sole(_ name: String) throws(BadHeader) -> String {
    let wanted = name.lowercased()
    let values = headers.filter { $0.name.lowercased() == wanted }.map(\.value.trimmed)
    guard let value = values.first, !value.isEmpty else {
      throw BadHeader(reason: "the header \(name) is missing")
    }
    guard values.count == 1 else { throw BadHeader(reason: "the header \(name) is given twice") }
    guard value.utf8.count <= WebhookMessage.headerBytesMax,
      value.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
    else { throw BadHeader(reason: "the header \(name) holds more than visible ASCII") }
    return value
  }
}

/// A header that no signature can be checked with.
struct BadHeader: Error, Equatable {
  let reason: String
}
