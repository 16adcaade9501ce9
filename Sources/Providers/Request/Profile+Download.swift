// Fetching an output that needs the provider's credentials.

extension Profile {
  /// The output's URL and the header fields that carry our credentials; none of them where the URL
  /// is on a host that may not see them, such as that of a redirect.
  /// - Throws: `RequestError` when a secret is missing.
  package func credentials(
    for text: String, secrets: (String) -> String?
  ) throws(RequestError) -> (url: String, headers: [ProviderRequest.Header]) {
    guard let address = WebAddress(text), allows(address) else { return (text, []) }
    return (
      address.appending(query: try authQuery(.result, secrets)).description,
      try authHeaders(.result, secrets)
    )
  }
}
