// The profiles at hand: the built-in ones, embedded in the program, and a user's own, which win.

import Wire

/// Profiles by name.
package struct ProfileRegistry: Sendable {
  package enum Origin: String, Sendable {
    case builtIn = "built-in"
    case override
  }

  /// The built-in profiles; adding a provider is adding its file and one line here.
  private static let builtIns: [String: [UInt8]] = [
    "fal": PackageResources.fal_json,
    "higgsfield": PackageResources.higgsfield_json,
    "higgsfield-legacy": PackageResources.higgsfield_legacy_json,
    "replicate": PackageResources.replicate_json,
    "self-hosted": PackageResources.self_hosted_json,
    "superduperai": PackageResources.superduperai_json,
  ]

  private let overrides: [String: [UInt8]]

  /// - Parameter overrides: texts of a user's own profiles by name; read only when asked for.
  package init(overrides: [String: [UInt8]] = [:]) { self.overrides = overrides }

  /// All names, sorted.
  package var names: [String] {
    Set(ProfileRegistry.builtIns.keys).union(overrides.keys).sorted()
  }

  package func origin(of name: String) -> Origin {
    overrides[name] == nil ? .builtIn : .override
  }

  /// The text of the profile of exactly this name.
  package func source(of name: String) -> [UInt8]? {
    overrides[name] ?? ProfileRegistry.builtIns[name]
  }

  /// The profile of this name or alias; a name wins over an alias.
  package func profile(_ name: String) throws(RegistryError) -> Profile {
    if let source = source(of: name) { return try read(source, name) }
    for candidate in names {
      guard let source = source(of: candidate), let profile = try? read(source, candidate),
        profile.aliases.contains(name)
      else { continue }
      return profile
    }
    throw .unknown(name, suggestion: Suggestion.nearest(to: name, among: names))
  }

  private func read(_ source: [UInt8], _ name: String) throws(RegistryError) -> Profile {
    let profile: Profile
    do {
      profile = try Profile(parsing: source)
    } catch {
      throw .broken(name, error.problems)
    }
    guard profile.name == name else {
      let message = "the file is for '\(name)', the profile says '\(profile.name)'"
      throw .broken(
        name, [ProfileProblem(pointer: "/name", message: message, severity: .error)])
    }
    return profile
  }
}

/// Why a profile is not to be had.
package enum RegistryError: Error, Equatable, CustomStringConvertible {
  case unknown(String, suggestion: String?)
  case broken(String, [ProfileProblem])

  package var description: String {
    switch self {
    case .unknown(let name, let suggestion):
      "no provider is called '\(name)'" + (suggestion.map { "; did you mean '\($0)'?" } ?? "")
    case .broken(let name, let problems):
      "the profile of '\(name)' is broken:\n"
        + problems.map(\.description).joined(separator: "\n")
    }
  }
}
