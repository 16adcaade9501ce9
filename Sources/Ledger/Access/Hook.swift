// A hook: somebody outside who is told of jobs by signed POSTs. What is told and to whom stands in
// config.json; the secret that signs does not (`HookSecret`).

package import Wire

/// Whom we tell, and of what.
package struct Hook: Sendable, Equatable {
  /// An id, unique among the hooks; the consumer of `job.delivered`.
  package let name: String
  /// Where to POST. May hold a secret of the receiver's: never shown whole.
  package let url: String
  package let types: Set<EventType>
  /// Whose jobs; nil: everybody's.
  package let account: AccountPattern?
  package let createdAt: Timestamp
  /// Events behind this position are told.
  package let since: Position
  /// What somebody asked to be sent once more; nil: nothing.
  package var resent: Resent?
  /// Failures recorded up to here count no more: what was given up is tried again.
  package var retriedAt: Position = 0
  /// Nothing is sent; nil: the hook works.
  package var disabled: Disabled?

  /// Events behind `after` are sent again, although deliveries recorded up to `at` tell of them.
  package struct Resent: Sendable, Equatable {
    package let after: Position
    package let at: Position

    package init(after: Position, at: Position) {
      self.after = after
      self.at = at
    }
  }

  package struct Disabled: Sendable, Equatable {
    package let at: Timestamp
    package let reason: String

    package init(at: Timestamp, reason: String) {
      self.at = at
      self.reason = reason
    }
  }

  /// How a job can end, and what comes after its end.
  package static let defaultTypes: Set<EventType> = [
    .jobSucceeded, .jobFailed, .jobCanceled, .jobExpired, .jobRecovered, .jobStored,
  ]

  package init(
    name: String, url: String, types: Set<EventType> = Hook.defaultTypes,
    account: AccountPattern? = nil, createdAt: Timestamp, since: Position
  ) {
    self.name = name
    self.url = url
    self.types = types
    self.account = account
    self.createdAt = createdAt
    self.since = since
  }

  /// Whether a hook may be told of events of this type: those of jobs, but not of deliveries, for
  /// each delivery writes one.
  package static func mayTell(_ type: EventType) -> Bool {
    type.name.hasPrefix("job.") && type != .jobDelivered && type != .jobDeliveryFailed
  }

  package func matches(account id: String?) -> Bool {
    guard let account else { return true }
    return id.map(account.matches) ?? false
  }

  /// Where it goes, without what a query may hold.
  package var shownURL: String {
    guard let mark = url.firstIndex(of: "?") else { return url }
    return url[..<mark] + "?..."
  }
}

extension Hook {
  /// Sorted as the event table is.
  package var typeNames: [String] {
    types.sorted { $0.rawValue < $1.rawValue }.map(\.name)
  }

  /// As in config.json.
  var kept: JSON {
    [
      "name": .string(name), "url": .string(url), "types": .array(typeNames.map(JSON.string)),
      "account": .text(account?.description), "created_at": .time(createdAt),
      "since": .int(since),
      "resent": resent.map { ["after": .int($0.after), "at": .int($0.at)] } ?? .null,
      "retried_at": .int(retriedAt),
      "disabled": disabled.map { ["at": .time($0.at), "reason": .string($0.reason)] } ?? .null,
    ]
  }

  /// - Throws: `ConfigurationError`: a member is missing or wrong.
  init(kept: JSON) throws(ConfigurationError) {
    guard let name = kept["name"]?.string, Bounds.isID(name), let url = kept["url"]?.string,
      let names = kept["types"]?.array?.compactMap(\.string),
      let created = kept["created_at"]?.string.flatMap({ Timestamp($0) }),
      let since = kept["since"]?.int.flatMap(Position.init(exactly:))
    else { throw ConfigurationError("a hook lacks name, url, types, created_at or since") }
    let types = names.compactMap { name in EventType.allCases.first { $0.name == name } }
    let account = kept["account"]?.string
    let pattern = account.flatMap { AccountPattern($0) }
    guard types.count == names.count, types.allSatisfy(Hook.mayTell),
      account == nil || pattern != nil
    else { throw ConfigurationError("the hook \"\(name)\" has a wrong type or account") }
    self.init(
      name: name, url: url, types: Set(types), account: pattern, createdAt: created, since: since)
    if let after = kept["resent"]?["after"]?.int.flatMap(Position.init(exactly:)),
      let at = kept["resent"]?["at"]?.int.flatMap(Position.init(exactly:))
    {
      resent = Resent(after: after, at: at)
    }
    retriedAt = kept["retried_at"]?.int.flatMap(Position.init(exactly:)) ?? 0
    if let reason = kept["disabled"]?["reason"]?.string {
      let at = kept["disabled"]?["at"]?.string.flatMap { Timestamp($0) }
      disabled = Disabled(at: at ?? created, reason: reason)
    }
  }
}
