// Whether config.json is still the one that was read: every change puts another file in its place.

import Posix

/// What tells one config.json from another.
package struct ConfigurationStamp: Sendable, Equatable {
  private let status: FileStatus?

  /// Of the file as it is now.
  /// - Throws: `PosixError`.
  package init(of home: Home) throws {
    status = try FileSystem.status(home.configuration)
  }
}
