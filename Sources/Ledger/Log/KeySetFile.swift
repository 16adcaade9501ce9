// A provider's public keys as they were fetched: kept beside our own keys, so that a program
// without network can verify too. The file's time is when they were fetched.

import Posix
package import Wire

/// `keys/PROVIDER.jwks.json` of a home.
package struct KeySetFile: Sendable {
  private let directory: String
  private let path: String

  /// - Parameter provider: a profile's name, which is no path.
  package init(_ home: Home, provider: String) {
    directory = home.keys
    path = home.keys + "/\(provider).jwks.json"
  }

  /// The text and when it was fetched; nil when there is none.
  /// - Parameter bytesMax: a longer file counts as none.
  package func read(bytesMax: Int) -> (text: [UInt8], fetchedAt: Timestamp)? {
    guard let status = try? FileSystem.status(path),
      let text = (try? FileSystem.read(path, limit: bytesMax)) ?? nil
    else { return nil }
    return (text, Timestamp(microseconds: status.modifiedMicroseconds))
  }

  /// When the text was fetched; nil when there is none.
  package var fetchedAt: Timestamp? {
    let status = (try? FileSystem.status(path)) ?? nil
    return status.map { Timestamp(microseconds: $0.modifiedMicroseconds) }
  }

  package func write(_ text: [UInt8]) throws {
    try FileSystem.makeDirectories(directory, mode: 0o700)
    try FileSystem.replace(path, with: text, mode: 0o600)
  }
}
