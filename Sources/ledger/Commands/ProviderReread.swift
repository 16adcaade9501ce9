// ledger provider reread: stored replies, read again with the profile as it is now.

import CommandLine
import Ledger
import Providers
import Wire

enum ProviderReread {
  static let declaration = Declaration(
    "provider reread", .providers, "Read stored replies again with a mended profile",
    details: """
      A word that the profile did not know and knows now gives its job the verdict, with the \
      money; a success of a job that ended otherwise is recorded as recovered. Nothing is asked \
      of the provider.
      """,
    operands: [.required("PROVIDER", .identifier, "whose replies")],
    options: [
      .required("since", .time, "Replies from then on"),
      .flag("dry-run", "Say what would follow, change nothing"),
    ],
    examples: ["ledger provider reread replicate --since 7d --dry-run"])

  static func run(_ session: Session, _ arguments: Arguments) throws -> ExitCode {
    let profile = try session.registry().profile(arguments.required("PROVIDER"))
    let now = session.now
    let since = arguments.time("since", now: now) ?? now
    let rereading = try read(session, profile, since: since, now: now)
    let isDry = arguments.flag("dry-run")
    var applied: [(Rereading.Consequence, JobState?)] = rereading.consequences.map { ($0, nil) }
    var position: Position?
    if !isDry {
      let reread = Reread(
        provider: profile.name, since: since, profile: profile.digest,
        replies: UInt64(rereading.replies), changed: UInt64(rereading.changed))
      let receipt = try session.write(.reread(reread))
      position = receipt.position
      applied = try carryOut(session, rereading.consequences, cause: receipt.position)
    }
    for (consequence, state) in applied { show(session, consequence, state) }
    let done = applied.count { $0.1 != nil }
    finish(session, profile, since, rereading, done: done, position: position)
    return isDry || done == applied.count ? .ok : .conflict
  }

  /// Pages through the replies since a time; no page is kept open for long.
  private static func read(
    _ session: Session, _ profile: Profile, since: Timestamp, now: Timestamp
  ) throws -> Rereading {
    var rereading = Rereading(profile, at: now)
    var progress = Progress("reading", output: session.output)
    let names = Set([profile.name] + profile.aliases)
    let filter = EventFilter(types: Rereading.types)
    let before = Timestamp(microseconds: since.microseconds - 1)
    var (cursor, end) = try session.read { snapshot in
      (try snapshot.position(at: before), snapshot.head)
    }
    while cursor < end {
      let page = try session.read { snapshot in
        let page = try snapshot.page(after: cursor, filter)
        for event in page.events where event.time >= since {
          guard let job = try snapshot.job(event.subject),
            names.contains(try snapshot.providerName(job.provider)),
            let details = try snapshot.details(event.subject)
          else { continue }
          try rereading.look(at: event, of: details, &snapshot)
        }
        return page
      }
      cursor = page.after
      progress.update(Int(cursor), of: Int(end))
      if page.isAtEnd { end = cursor }
    }
    progress.finish()
    return rereading
  }

  private static func carryOut(
    _ session: Session, _ consequences: [Rereading.Consequence], cause: Position
  ) throws -> [(Rereading.Consequence, JobState?)] {
    var applied: [(Rereading.Consequence, JobState?)] = []
    var rest = consequences[...]
    while !rest.isEmpty {
      let part = rest.prefix(Bulk.batchJobs)
      rest = rest.dropFirst(part.count)
      let results = try session.write(part.map { .job($0.id, $0.command) }, cause: cause)
      for (consequence, result) in zip(part, results) {
        switch result {
        case .success:
          applied.append((consequence, try session.read { try $0.job(consequence.job)?.state }))
        case .failure(let refusal):
          session.output.warning(refusal.message)
          applied.append((consequence, nil))
        }
      }
    }
    return applied
  }

  private static func show(
    _ session: Session, _ consequence: Rereading.Consequence, _ state: JobState?
  ) {
    let now = consequence.now
    guard session.output.settings.isJSON else {
      let word = consequence.word.map { "\"\($0)\" " } ?? ""
      let line =
        "\(consequence.id)  position \(consequence.position): \(word)is \(now.state.name)"
        + (state.map { "; \($0.name)" } ?? "")
      return session.output.line(Escaping.terminal(line))
    }
    session.output.json([
      "job": .string(consequence.id), "reply": .int(consequence.position),
      "word": consequence.word.map(JSON.string) ?? .null,
      "was": consequence.was.map { .string($0.name) } ?? .null, "now": .string(now.state.name),
      "class": now.failureClass.map { .string($0.name) } ?? .null,
      "state": state.map { .string($0.name) } ?? .null,
    ])
  }

  private static func finish(
    _ session: Session, _ profile: Profile, _ since: Timestamp, _ rereading: Rereading,
    done: Int, position: Position?
  ) {
    guard session.output.settings.isJSON else {
      let words =
        "\(Human.count(rereading.replies)) replies read, \(Human.count(rereading.changed)) mean "
        + "something else, \(Human.count(rereading.consequences.count)) jobs go on"
      return session.output.line(
        position.map { "\(words) (position \($0))" } ?? "\(words) without --dry-run")
    }
    session.output.json([
      "provider": .string(profile.name), "since": .string(since.description),
      "profile": .string(Hex.text(profile.digest)), "replies": .int(rereading.replies),
      "changed": .int(rereading.changed), "jobs": .int(rereading.consequences.count),
      "done": .int(done), "dry_run": .bool(position == nil),
      "position": position.map { .int($0) } ?? .null,
    ])
  }
}
