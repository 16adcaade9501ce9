// The profiles in use: built in or overridden in the home, pointed elsewhere by the environment,
// with their secrets. Looked up again every second, so that a mended file needs no restart.

import Glibc
import HTTP
package import Ledger
import Posix
package import Providers
import Wire

/// A profile that requests can be made from. Shared and not copied, for it is large and goes with
/// every request.
package final class ReadyProfile: Sendable {
  package let profile: Profile
  /// First 8 bytes of SHA-256 of the profile's canonical bytes.
  package let digest: [UInt8]
  private let secrets: [String: String]

  init(_ profile: Profile, secrets: [String: String]) {
    self.profile = profile
    self.secrets = secrets
    digest = profile.digest
  }

  package func secret(_ name: String) -> String? { secrets[name] }
}

/// Hands out profiles by name.
package struct ProfileShelf {
  package enum Answer: Sendable {
    case ready(ReadyProfile)
    /// There is none, or it is broken: its jobs cannot go on.
    case missing(String)
    /// The profile is fine and its surroundings are not (a token, an address): its jobs wait.
    case blocked(String)

    /// Why its jobs wait; nil: they need not, or wait in vain.
    var why: String? { if case .blocked(let why) = self { why } else { nil } }
  }

  /// How long an answer is good, microseconds.
  static let freshMicroseconds: Int64 = 1_000_000

  private let home: Home
  private let secrets: Secrets
  private let allowLoopback: Bool
  private let environment: @Sendable (String) -> String?
  private var overrides: [String: [UInt8]] = [:]
  private var registry = ProfileRegistry()
  private var profiles: [String: Result<Profile, RegistryError>] = [:]
  private var answers: [String: Answer] = [:]
  private var checkedAt: Int64?

  package init(
    _ home: Home, allowLoopback: Bool, environment: @escaping @Sendable (String) -> String?
  ) {
    self.home = home
    secrets = Secrets(directory: home.secrets, environment: environment)
    self.allowLoopback = allowLoopback
    self.environment = environment
  }

  /// The profile of this name or alias.
  package mutating func profile(_ name: String) -> Answer {
    refresh()
    if let answer = answers[name] { return answer }
    let answer = look(name)
    answers[name] = answer
    return answer
  }

  private mutating func refresh() {
    let now = Clock.bootMicroseconds()
    if let checkedAt, now - checkedAt < ProfileShelf.freshMicroseconds { return }
    checkedAt = now
    answers = [:]
    let found = files()
    guard found != overrides else { return }
    overrides = found
    registry = ProfileRegistry(overrides: found)
    profiles = [:]
  }

  /// Whole files are compared: a change within one tick of the file system's clock counts too.
  private func files() -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    for name in ((try? home.profileNames()) ?? []).prefix(Limits.profiles) {
      // A file that cannot be read is a broken profile, not an absent one.
      let bytes = try? FileSystem.read(home.profile(name), limit: Limits.profileBytes)
      files[name] = bytes ?? []
    }
    return files
  }

  private mutating func look(_ name: String) -> Answer {
    let found = profiles[name] ?? Result { () throws(RegistryError) in try registry.profile(name) }
    profiles[name] = found
    switch found {
    case .failure(let error): return .missing(error.description)
    case .success(let profile): return prepare(profile, asked: name)
    }
  }

  private func prepare(_ profile: Profile, asked name: String) -> Answer {
    do {
      let profile = try pointed(profile, asked: name)
      let host = profile.base.host
      if AddressGuard(allowLoopback: allowLoopback).refuses(host: host) {
        return .blocked(
          "\(profile.name) is at \(host), which is internal; LEDGER_DEV=1 allows loopback, for "
            + "development")
      }
      let values = try secrets.values(of: profile.secretNames, provider: profile.name)
      return .ready(ReadyProfile(profile, secrets: values))
    } catch {
      return .blocked("\(error)")
    }
  }

  /// `LEDGER_BASE_URL_<PROVIDER>` points a profile elsewhere.
  private func pointed(_ profile: Profile, asked name: String) throws(BadOverride) -> Profile {
    for name in [name, profile.name] {
      let variable = ProfileShelf.overrideVariable(name)
      guard let text = environment(variable), !text.isEmpty else { continue }
      do {
        return try profile.resolve(baseOverride: text)
      } catch {
        throw BadOverride(description: "\(variable) is no plain http(s) URL")
      }
    }
    return profile
  }

  /// Upper case, and `_` for everything that is neither letter nor digit.
  package static func overrideVariable(_ provider: String) -> String {
    let name = provider.uppercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
    return "LEDGER_BASE_URL_" + String(name)
  }
}

struct BadOverride: Error, CustomStringConvertible {
  let description: String
}
