// The profiles that this home knows: the built-in ones and its own.

import CommandLine
import Ledger
import Posix
import Providers

extension Session {
  /// Most profiles of its own that a home may have.
  private static var profilesMax: Int { 256 }
  /// Largest profile, bytes; what is larger its reader would refuse.
  static var profileBytesMax: Int { 256 << 10 }

  func registry() throws -> ProfileRegistry {
    var overrides: [String: [UInt8]] = [:]
    for file in try FileSystem.list(home.providers) where file.hasSuffix(".json") {
      guard overrides.count < Session.profilesMax else {
        throw Failure(
          .configuration, "too_many_profiles",
          "\(home.providers) holds more than \(Session.profilesMax) profiles")
      }
      let bytes = try FileSystem.read(
        home.providers + "/" + file, limit: Session.profileBytesMax)
      overrides[String(file.dropLast(".json".count))] = bytes
    }
    return ProfileRegistry(overrides: overrides)
  }
}
