// The profiles that a home knows: the built-in ones and its own.

import CommandLine
package import Ledger
import Posix
package import Providers

extension ProfileRegistry {
  /// - Throws: `Failure` for more files than a home may have, `PosixError`.
  package init(of home: Home) throws {
    let names = try home.profileNames()
    guard names.count <= Limits.profiles else {
      throw Failure(
        .configuration, "too_many_profiles",
        "\(home.providers) holds more than \(Limits.profiles) profiles")
    }
    var overrides: [String: [UInt8]] = [:]
    for name in names {
      overrides[name] = try FileSystem.read(home.profile(name), limit: Limits.profileBytes)
    }
    self.init(overrides: overrides)
  }
}
