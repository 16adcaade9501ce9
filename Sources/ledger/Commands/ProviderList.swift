// ledger provider list, show

import CommandLine
import Ledger
import Posix
import Providers
import Wire

enum ProviderList {
  static let declaration = Declaration(
    "provider list", .providers, "Profiles, built in and your own",
    examples: ["ledger provider list"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let registry = try session.registry()
    var table = TextTable([
      .init("PROVIDER", min: 8), .init("FROM", min: 8), .init("TITLE", max: 24),
      .init("TOKEN", min: 36),
    ])
    var broken: [String] = []
    for name in registry.names {
      let profile: Profile
      do {
        profile = try registry.profile(name)
      } catch {
        broken.append(name)
        session.output.warning(Failure(error).message)
        continue
      }
      let origin = registry.origin(of: name).rawValue
      if session.output.settings.isJSON {
        session.output.json(json(profile, origin))
      } else {
        let secrets = profile.secretNames(where: isSet).map { secret in
          "\(secret)\(isSet(secret) ? "" : " (not set)")"
        }
        table.append([
          .init(name), .init(origin), .init(profile.title),
          .init(secrets.isEmpty ? "none needed" : secrets.joined(separator: ", ")),
        ])
      }
    }
    if !session.output.settings.isJSON {
      session.output.table(table)
      session.output.note("  try: \(session.command("provider show PROVIDER"))")
      for name in broken {
        session.output.note("  try: ledger provider lint \(session.home.providers)/\(name).json")
      }
    }
    return .ok
  }

  private static func isSet(_ variable: String) -> Bool {
    Machine.environment(variable).map { !$0.isEmpty } ?? false
  }

  /// Names and places, never a secret's value.
  private static func json(_ profile: Profile, _ origin: String) -> JSON {
    [
      "provider": .string(profile.name), "origin": .string(origin),
      "title": .string(profile.title), "aliases": .array(profile.aliases.map(JSON.string)),
      "secrets": .array(
        profile.secretNames.map { ["name": .string($0), "set": .bool(isSet($0))] }),
      "sources": .array(profile.sources.map(JSON.string)),
      "digest": .string(Hex.text(profile.digest)),
    ]
  }
}

enum ProviderShow {
  static let declaration = Declaration(
    "provider show", .providers, "A profile's text and digest",
    details: """
      The digest is that of job.dispatch_started: it says which text was in force. It goes to \
      standard error, so that the text can be kept in a file; with --json ask `provider list`.
      """,
    operands: [.required("PROVIDER", .identifier, "whose")],
    examples: ["ledger provider show replicate > replicate.json"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let registry = try session.registry()
    let name = arguments.required("PROVIDER")
    // An exact name is shown even when it is broken: how else would it be mended?
    let source = try registry.source(of: name) ?? registry.source(of: registry.profile(name).name)
    guard let source else { return .notFound }
    if session.output.settings.isJSON {
      guard let json = try? JSON(parsing: source) else {
        throw Failure(
          .configuration, "broken_profile", "the profile of \(name) is no JSON",
          next: "ledger provider lint FILE")
      }
      session.output.json(json)
    } else {
      for line in String(decoding: source, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      {
        session.output.line(String(line))
      }
      if let profile = try? Profile(parsing: source) {
        session.output.note("digest \(Hex.text(profile.digest))")
      }
    }
    return .ok
  }
}
