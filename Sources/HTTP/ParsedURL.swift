// A URL as libcurl understands it. The same parsed form is judged, shown and connected to, so no
// second parser can disagree about the host.

import CCurl

/// Sole owner of a `CURLU` (libcurl-url(3)).
@safe final class ParsedURL {
  let handle: OpaquePointer

  /// - Throws: `HTTPError.malformedURL`; the message never repeats the URL.
  init(_ text: String) throws(HTTPError) {
    let bytes = text.utf8
    guard bytes.count <= HTTPLimits.urlBytes else {
      throw .refused(.malformedURL, "the URL is longer than \(HTTPLimits.urlBytes) bytes")
    }
    // libcurl takes a C string and would see only what stands before a NUL.
    guard !bytes.contains(0) else { throw .refused(.malformedURL, "the URL holds a NUL") }
    Curl.initialise()
    guard let handle = unsafe curl_url() else {
      throw .refused(.localResources, "out of memory")
    }
    unsafe self.handle = handle
    let code = unsafe curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_DISALLOW_USER))
    guard code == CURLUE_OK else {
      let reason = unsafe String(cString: curl_url_strerror(code))
      throw .refused(.malformedURL, "malformed URL: \(reason)")
    }
    // A fragment is never sent (RFC 9110 §4.2.5).
    _ = unsafe curl_url_set(handle, CURLUPART_FRAGMENT, nil, 0)
    guard let scheme = part(CURLUPART_SCHEME), scheme == "https" || scheme == "http" else {
      throw .refused(.malformedURL, "only http and https URLs are requested")
    }
  }

  deinit { unsafe curl_url_cleanup(handle) }

  /// One part, as curl_url_get(3) gives it; nil when the URL has none.
  func part(_ part: CURLUPart, flags: Int32 = 0) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard unsafe curl_url_get(handle, part, &text, UInt32(flags)) == CURLUE_OK,
      let text = unsafe text
    else { return nil }
    defer { unsafe curl_free(text) }
    return unsafe String(cString: text)
  }

  /// `host:port` for messages: short, and free of control characters because libcurl refuses them.
  var authority: String {
    let host = part(CURLUPART_HOST) ?? "?"
    let port = part(CURLUPART_PORT, flags: CURLU_DEFAULT_PORT) ?? "?"
    return "\(host.prefix(255)):\(port)"
  }
}
