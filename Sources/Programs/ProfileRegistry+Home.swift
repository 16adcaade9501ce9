// The profiles that a home knows: the built-in ones and its own.

import CommandLine
package import Ledger
import Posix
package import Providers

extension ProfileRegistry {
  /// Most profiles of its own that a home may have.
  private static var filesMax: Int { 256 }
  /// Largest profile, bytes; what is larger its reader would refuse.
  package static var fileBytesMax: Int { 256 << 10 }

  /// - Throws: `Failure` for more files than a home may have, `PosixError`.
  package init(of home: Home) throws {
    var overrides: [String: [UInt8]] = [:]
    for file in try FileSystem.list(home.providers) where file.hasSuffix(".json") {
      guard overrides.count < ProfileRegistry.filesMax else {
        throw Failure(
          .configuration, "too_many_profiles",
          "\(home.providers) holds more than \(ProfileRegistry.filesMax) profiles")
      }
      let bytes = try FileSystem.read(
        home.providers + "/" + file, limit: ProfileRegistry.fileBytesMax)
      overrides[String(file.dropLast(".json".count))] = bytes
    }
    self.init(overrides: overrides)
  }
}
