// What must not be sent is refused before libcurl sees it: a line break in a value would be a
// second header (CWE-93), a framing field a second request (RFC 9112 §11.2).

extension HTTPRequest {
  /// Set by the transport from the URL, the body and the connection. `Accept-Encoding` is here
  /// because bodies are bounded by what is received, and a small gzip can be a large text.
  private static let ownFields: Set<String> = [
    "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te",
    "trailer", "keep-alive", "accept-encoding", "proxy-authorization", "proxy-connection",
  ]

  /// - Throws: `HTTPError` of kind `malformedRequest`; the message names a field, never a value.
  func check() throws(HTTPError) {
    try checkBounds()
    try checkHeaders()
  }

  private func checkBounds() throws(HTTPError) {
    let idle = idleTimeoutSeconds.map { Double($0) } ?? 1
    for seconds in [connectTimeoutSeconds, totalTimeoutSeconds, idle] {
      guard seconds > 0, seconds <= HTTPLimits.timeoutSeconds else {
        throw .refused(.malformedRequest, "a timeout is not between 0 and a day")
      }
    }
    guard maxResponseBytes >= 0 else {
      throw .refused(.malformedRequest, "the reply's limit is negative")
    }
    guard idleBytesPerSecond >= 1 else {
      throw .refused(.malformedRequest, "the slowest rate is less than a byte a second")
    }
    if let file {
      guard method == .put, body == nil else {
        throw .refused(.malformedRequest, "a file is the body of a PUT, and no other is with it")
      }
      guard (0...HTTPLimits.fileBodyBytes).contains(file.bytes) else {
        throw .refused(
          .malformedRequest, "the file is longer than \(HTTPLimits.fileBodyBytes) bytes")
      }
    }
    guard let body else { return }
    guard method != .get && method != .head else {
      throw .refused(.malformedRequest, "\(method.rawValue) has no body")
    }
    guard body.count <= HTTPLimits.requestBodyBytes else {
      throw .refused(
        .malformedRequest, "the body is longer than \(HTTPLimits.requestBodyBytes) bytes")
    }
  }

  private func checkHeaders() throws(HTTPError) {
    guard headers.count <= HTTPLimits.requestFields else {
      throw .refused(.malformedRequest, "more than \(HTTPLimits.requestFields) header fields")
    }
    var bytes = 0
    for (name, value) in headers {
      guard !name.isEmpty, name.utf8.allSatisfy(HTTPRequest.isTokenByte) else {
        throw .refused(.malformedRequest, "a header name is not a token")
      }
      guard !HTTPRequest.ownFields.contains(name.lowercased()) else {
        throw .refused(.malformedRequest, "the header \(name) belongs to the transport")
      }
      guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
        throw .refused(.malformedRequest, "the header \(name) holds a control character")
      }
      bytes += name.utf8.count + value.utf8.count + 4
    }
    guard bytes <= HTTPLimits.requestHeaderBytes else {
      throw .refused(
        .malformedRequest, "header longer than \(HTTPLimits.requestHeaderBytes) bytes")
    }
  }

  /// `tchar` of RFC 9110 §5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "a")...UInt8(ascii: "z"):
      true
    default:
      "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
