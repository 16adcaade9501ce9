// The edge of the examination that knows profiles: the home's own ones, and those in use.

import CommandLine
import Ledger
import Posix
import Programs
import Providers
import Wire

enum ProviderExamination {
  /// Reports on profiles, tokens and keys.
  static func run(
    _ session: Session, _ books: Books?, report: (HealthFinding) -> Void
  ) {
    let home = session.home
    do {
      for finding in try profiles(of: home) { report(finding) }
    } catch {
      report(Examination.finding("profiles", error))
    }
    do {
      let key = try WebhookKey.existing(in: home)
      report(
        HealthFinding(
          "webhook_keys", .ok, key == nil ? "none made yet" : "our own, for addresses, is in order")
      )
    } catch {
      report(Examination.finding("webhook_keys", error))
    }
    guard let books else { return }
    do {
      let (inUse, publicURL) = try books.read { snapshot in
        (try snapshot.providersInUse(), try snapshot.policy(Policy.publicURL))
      }
      let registry = try session.registry()
      for (name, openJobs) in inUse {
        for finding in provider(name, openJobs, isCalled: publicURL != nil, home, registry) {
          report(finding)
        }
      }
    } catch {
      report(Examination.finding("tokens", error))
    }
  }

  /// What the home's own profiles are found guilty of.
  private static func profiles(of home: Home) throws -> [HealthFinding] {
    let names = try home.profileNames()
    guard !names.isEmpty else { return [HealthFinding("profiles", .ok, "the built-in ones alone")] }
    var found: [HealthFinding] = []
    for name in names.prefix(Limits.profiles) {
      let path = home.profile(name)
      let bytes = try FileSystem.read(path, limit: Limits.profileBytes) ?? []
      let problems = Profile.lint(bytes)
      guard let worst = problems.first(where: { $0.severity == .error }) ?? problems.first else {
        continue
      }
      let more = problems.count > 1 ? ", and \(problems.count - 1) more" : ""
      found.append(
        HealthFinding(
          "profiles", worst.severity == .error ? .bad : .warn,
          "\(name): \(worst.description)\(more)",
          do: "ledger provider lint \(ShellText.quoted(path))"))
    }
    guard found.isEmpty else { return found }
    return [HealthFinding("profiles", .ok, "\(names.count) of the home's own, in order")]
  }

  private static func provider(
    _ name: String, _ openJobs: Int, isCalled: Bool, _ home: Home, _ registry: ProfileRegistry
  ) -> [HealthFinding] {
    do {
      let profile = try registry.profile(name)
      let isSet = { (name: String) in Machine.environment(name).map { !$0.isEmpty } ?? false }
      let secrets = Secrets(directory: home.secrets) { Machine.environment($0) }
      let names = profile.allSecretNames
      let there = Set(try secrets.values(of: names, provider: profile.name).keys)
      var found: [String: ProviderCheck.Place] = [:]
      for name in names where there.contains(name) {
        found[name] = isSet(name) ? .variable : .file
      }
      return ProviderCheck(
        name: profile.name, openJobs: openJobs, isPollerActive: home.isPollerActive,
        needed: profile.secretNames { found[$0] != nil }, found: found,
        signing: profile.webhook?.signature.secretNames ?? [], isCalled: isCalled
      ).findings
    } catch let error as RegistryError {
      let line = error.description.split(separator: "\n").first.map(String.init) ?? ""
      return [
        HealthFinding(
          "profiles", openJobs > 0 ? .bad : .warn, line, do: "ledger provider list")
      ]
    } catch {
      return [Examination.finding("tokens", error)]
    }
  }
}
