// Fetching an output that needs the provider's credentials.

package import Wire

extension Profile {
  /// The output's URL and the header fields that carry our credentials; none of them where the URL
  /// is on a host that may not see them, such as that of a redirect.
  /// - Parameter now: for tokens that expire.
  /// - Throws: `RequestError` when a secret is missing.
  package func credentials(
    for text: String, secrets: (String) -> String?, now: Timestamp
  ) throws(RequestError) -> (url: String, headers: [ProviderRequest.Header]) {
    guard let address = WebAddress(text), allows(address) else { return (text, []) }
    return (
      address.appending(query: try authQuery(.result, secrets, now: now)).description,
      try authHeaders(.result, secrets, now: now)
    )
  }
}
