// libcurl's process-wide state, set up once.

import CCurl

enum Curl {
  /// Does nothing after the first call (curl_global_init(3); thread-safe through `static let`).
  static func initialise() { precondition(outcome == CURLE_OK, "libcurl cannot start") }

  private static let outcome = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

  /// Whether libcurl was built with one file of certificate authorities. If so the directory is
  /// switched off for each transfer: only an authority store that comes from a file alone is kept
  /// between connections (CURLOPT_CA_CACHE_TIMEOUT(3)), and reading it costs milliseconds.
  static let hasAuthorityFile: Bool = {
    guard let version = unsafe curl_version_info(CURLVERSION_ELEVENTH) else { return false }
    return unsafe version.pointee.cainfo != nil
  }()
}
