// Where a redirect leads (RFC 9110 §10.2.2), resolved by the parser that will also connect. The
// transport follows none by itself: whoever asked judges the target first.

import CCurl

package enum Redirect {
  /// The absolute URL of a `Location` field's value; nil when it is none that we request.
  /// - Parameter url: what was asked for.
  package static func target(_ location: String, from url: String) -> String? {
    guard location.utf8.count <= HTTPLimits.urlBytes, !location.utf8.contains(0),
      let base = try? ParsedURL(url),
      // A relative reference replaces the parts it names (curl_url_set(3), RFC 3986 §5.2).
      unsafe curl_url_set(base.handle, CURLUPART_URL, location, UInt32(CURLU_DISALLOW_USER))
        == CURLUE_OK, let text = base.part(CURLUPART_URL),
      let target = try? ParsedURL(text)
    else { return nil }
    return target.part(CURLUPART_URL)
  }
}
