// Profiles for a program that runs long: read once, and again when a second has passed, so that a
// mended file needs no restart.

package import Ledger
import Posix
package import Providers
import Synchronization

/// A home's profiles by name or alias.
package final class ProfileCache: Sendable {
  private struct State {
    var registry = ProfileRegistry()
    var profiles: [String: Profile?] = [:]
    var readAt: Int64 = .min
  }

  /// How long what was read is good, microseconds.
  private static let freshMicroseconds: Int64 = 1_000_000
  /// Names remembered: strangers may ask for any.
  private static let namesMax = 1000

  private let home: Home
  private let state = Mutex(State())

  package init(_ home: Home) { self.home = home }

  /// Nil when there is none, or it is broken.
  package func profile(_ name: String) -> Profile? {
    state.withLock { state in
      let now = Clock.bootMicroseconds()
      if state.readAt == .min || now - state.readAt > ProfileCache.freshMicroseconds {
        state = State(
          registry: (try? ProfileRegistry(of: home)) ?? state.registry, readAt: now)
      }
      if let known = state.profiles[name] { return known }
      let profile = try? state.registry.profile(name)
      if state.profiles.count < ProfileCache.namesMax { state.profiles[name] = .some(profile) }
      return profile
    }
  }
}
