// AWS Signature Version 4, as stores that speak S3's API want it (Amazon S3 API Reference,
// "Authenticating Requests (AWS Signature Version 4)"). One canonical request serves both forms:
// the header of a PUT, and the query of a URL that a provider may GET.

package import Wire

/// Keys of the store. Shown nowhere.
package struct StoreCredentials: Sendable, Equatable, CustomStringConvertible,
  CustomDebugStringConvertible, CustomReflectable
{
  package let accessKey: String
  package let secretKey: String
  /// Of credentials that end by themselves; goes with every request.
  package let sessionToken: String?

  package init(accessKey: String, secretKey: String, sessionToken: String? = nil) {
    self.accessKey = accessKey
    self.secretKey = secretKey
    self.sessionToken = sessionToken
  }

  package var description: String { "(store credentials)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Signs requests to one bucket's service. Pure: the time is given.
package struct SigV4: Sendable {
  /// The longest life of a signed URL, seconds: a week ("Query string authentication").
  package static let urlSecondsMax = 604_800

  package let credentials: StoreCredentials
  package let region: String
  /// The host as it will stand in the `Host` field, with a port that is not the scheme's own.
  package let host: String

  package init(credentials: StoreCredentials, region: String, host: String) {
    self.credentials = credentials
    self.region = region
    self.host = host
  }

  /// Header fields of a request, `Authorization` among them.
  /// - Parameters:
  ///   - path: percent-encoded, as it is sent.
  ///   - headers: other fields to sign; lower-case names.
  ///   - digest: SHA-256 of the body, hexadecimal.
  package func headers(
    method: String, path: String, headers: [(name: String, value: String)] = [], digest: String,
    at time: Timestamp
  ) -> [(name: String, value: String)] {
    var fields = headers
    fields.append(("x-amz-content-sha256", digest))
    fields.append(("x-amz-date", SigV4.stamp(time)))
    if let token = credentials.sessionToken { fields.append(("x-amz-security-token", token)) }
    let signed = (fields + [("host", host)]).sorted { $0.name < $1.name }
    let names = signed.map(\.name).joined(separator: ";")
    let canonical = [
      method, path, "", signed.map { "\($0.name):\($0.value)\n" }.joined(), names, digest,
    ].joined(separator: "\n")
    let authorization =
      "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope(time)), "
      + "SignedHeaders=\(names), Signature=\(signature(of: canonical, time))"
    return fields + [("Authorization", authorization)]
  }

  /// The query of a URL that lets whoever has it GET the object for a while. A secret.
  /// - Parameter seconds: from `time`; at most `urlSecondsMax`.
  package func query(path: String, seconds: Int, at time: Timestamp) -> String {
    precondition((1...SigV4.urlSecondsMax).contains(seconds))
    var parameters = [
      ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
      ("X-Amz-Credential", "\(credentials.accessKey)/\(scope(time))"),
      ("X-Amz-Date", SigV4.stamp(time)), ("X-Amz-Expires", String(seconds)),
    ]
    if let token = credentials.sessionToken { parameters.append(("X-Amz-Security-Token", token)) }
    parameters.append(("X-Amz-SignedHeaders", "host"))
    // In the order of the names, which is that of the list.
    let query = parameters.map { "\($0)=\(SigV4.encoded($1))" }.joined(separator: "&")
    let canonical = [
      "GET", path, query, "host:\(host)\n", "host", "UNSIGNED-PAYLOAD",
    ].joined(separator: "\n")
    return "\(query)&X-Amz-Signature=\(signature(of: canonical, time))"
  }

  private func scope(_ time: Timestamp) -> String {
    "\(SigV4.stamp(time).prefix(8))/\(region)/s3/aws4_request"
  }

  private func signature(of canonical: String, _ time: Timestamp) -> String {
    let text = [
      "AWS4-HMAC-SHA256", SigV4.stamp(time), scope(time),
      Hex.text(SHA256.digest(Array(canonical.utf8)).bytes),
    ].joined(separator: "\n")
    var key = Array("AWS4\(credentials.secretKey)".utf8)
    for part in scope(time).split(separator: "/") {
      key = HMACSHA256.authenticate(Array(part.utf8), key: key)
    }
    return Hex.text(HMACSHA256.authenticate(Array(text.utf8), key: key))
  }

  /// `20261121T092000Z`.
  static func stamp(_ time: Timestamp) -> String {
    // RFC 3339 with microseconds, without what separates its parts.
    time.description.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
  }

  /// Every byte but the unreserved ones of RFC 3986 §2.3.
  static func encoded(_ text: String) -> String {
    var encoded = ""
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "-"), UInt8(ascii: "~"):
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return encoded
  }
}
