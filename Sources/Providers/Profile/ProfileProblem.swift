// What is wrong with a profile, said so that its author can mend it.

package import Wire

/// One finding of `ledger provider lint`.
package struct ProfileProblem: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Severity: String, Sendable { case error, warning }

  /// JSON Pointer to the place in the profile.
  package let pointer: String
  package let message: String
  package let severity: Severity

  package var description: String {
    "\(severity.rawValue) at \(pointer.isEmpty ? "the top" : pointer): \(message)"
  }
}

/// Why a profile cannot be used.
package struct ProfileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// At least one error; warnings too.
  package let problems: [ProfileProblem]

  package var description: String {
    problems.map(\.description).joined(separator: "\n")
  }
}

extension Profile {
  /// Reads and checks a profile.
  /// - Throws: `ProfileError` with every problem found, not only the first.
  package init(parsing bytes: [UInt8]) throws(ProfileError) {
    let problems = Problems()
    guard let profile = Profile.read(bytes, problems) else {
      throw ProfileError(problems: problems.list)
    }
    self = profile
  }

  /// Everything wrong or doubtful about a profile's text.
  package static func lint(_ bytes: [UInt8]) -> [ProfileProblem] {
    let problems = Problems()
    _ = read(bytes, problems)
    return problems.list
  }

  /// The same for a parsed text.
  package static func lint(_ json: JSON) -> [ProfileProblem] {
    let problems = Problems()
    _ = read(json, problems)
    return problems.list
  }

  private static func read(_ bytes: [UInt8], _ problems: Problems) -> Profile? {
    do {
      return read(
        try JSON(parsing: bytes, limits: JSONLimits(bytes: 256 << 10, depth: 32, values: 1 << 14)),
        problems)
    } catch {
      problems.error([], "\(error)")
      return nil
    }
  }

  private static func read(_ json: JSON, _ problems: Problems) -> Profile? {
    let profile = ProfileReader(problems: problems).read(json)
    return problems.hasErrors ? nil : profile
  }
}
