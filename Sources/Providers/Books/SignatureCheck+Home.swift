// What a home holds to check signatures with: secrets by name, public keys as they were fetched.

package import Ledger
package import Wire

extension SignatureCheck {
  /// - Parameter environment: a variable's value.
  /// - Throws: `SecretError` when a secret file must not be used.
  package init(
    _ profile: Profile, in home: Home, now: Timestamp,
    environment: @escaping @Sendable (String) -> String?
  ) throws(SecretError) {
    let secrets = Secrets(directory: home.secrets, environment: environment)
    let values = try secrets.values(of: profile.allSecretNames, provider: profile.name)
    let names = profile.webhook?.signature.secretNames ?? []
    self.init(secrets: values.filter { names.contains($0.key) }, now: now)
    guard profile.keySetURL != nil,
      let kept = KeySetFile(home, provider: profile.name).read(bytesMax: KeySet.bytesMax),
      now.seconds(since: kept.fetchedAt) <= KeySet.lifeSeconds
    else { return }
    keys = KeySet(kept.text)
  }
}
