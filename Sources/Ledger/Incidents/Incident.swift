// Every diagnosis of many jobs: the lines of `incidents`.

package import Wire

/// One recognised pattern.
package struct Incident: Sendable {
  package let diagnosis: Diagnosis
  /// Nil where it is about none.
  package let job: String?
  package let account: String?
  package let provider: String?
  /// Of the newest event that proves it.
  package let at: Timestamp?

  package var json: JSON {
    [
      "code": .string(diagnosis.code), "job": .text(job), "account": .text(account),
      "provider": .text(provider), "certainty": .string(diagnosis.certainty.rawValue),
      "evidence": .array(diagnosis.evidence.map { .int($0) }), "at": .time(at),
      "title": .string(diagnosis.title), "what": .string(diagnosis.what),
      "do": .text(diagnosis.next),
    ]
  }
}

extension Snapshot {
  /// What the jobs that `selector` means show, and, where it is about all, the messages that belong
  /// to no job.
  ///
  /// - Returns: newest first, no more than the selector's limit.
  /// - Throws: errors of the books.
  package mutating func incidents(_ selector: Selector, now: Timestamp) throws -> [Incident] {
    // The limit is one of incidents: jobs without any do not count.
    var wide = selector
    wide.limit = nil
    var found: [Incident] = []
    for number in try jobs(wide) {
      guard let story = try story(of: number, now: now) else { continue }
      found += story.incidents
    }
    if selector.isAboutAll { found += try orphans(selector, now) }
    found.sort { left, right in
      left.at == right.at
        ? (left.diagnosis.evidence.last ?? 0) > (right.diagnosis.evidence.last ?? 0)
        : (left.at ?? now) > (right.at ?? now)
    }
    return selector.limit.map { Array(found.prefix($0)) } ?? found
  }

  /// Messages that no job was found for.
  private mutating func orphans(_ selector: Selector, _ now: Timestamp) throws -> [Incident] {
    var found: [Incident] = []
    for positions in try waitingOrphans(limit: Limits.orphanIncidents) {
      let events = try positions.compactMap { try log.event(at: $0) }
      guard let last = events.last, selector.holds(at: last.time),
        case .notificationOrphaned(let body) = last.event
      else { continue }
      found.append(
        Incident(
          diagnosis: .orphan(events, body, now: now), job: nil, account: nil,
          provider: body.provider, at: last.time))
    }
    return found
  }
}

extension Story {
  fileprivate var incidents: [Incident] {
    diagnoses.map { diagnosis in
      let newest = diagnosis.evidence.last ?? 0
      let event = (events + orphans + bills).last { $0.position == newest }
      return Incident(
        diagnosis: diagnosis, job: id, account: account, provider: provider,
        at: event?.time ?? job.updatedAt)
    }
  }
}

extension Diagnosis {
  /// Of messages that name one handle, oldest first.
  fileprivate static func orphan(
    _ events: [RecordedEvent], _ body: NotificationOrphaned, now: Timestamp
  ) -> Diagnosis {
    let isSigned = events.contains { event in
      if case .notificationOrphaned(let body) = event.event {
        body.verified == true
      } else {
        false
      }
    }
    let rule = DiagnosisRule.orphanNotification
    let proof = Proof(
      // What nobody signed may be a stranger's.
      isSigned ? .certain : .probable, events.map(\.position),
      """
      \(body.provider) told of \(Spoken.quoted(body.externalID)), and nobody has handed in such a \
      job: \(Spoken.times(events.count)), kept until somebody does.
      """,
      next: NextCommand("track").option("provider", body.provider)
        .option("external-id", body.externalID).option("account", nil).option("hold", "0").text)
    return Diagnosis(
      code: rule.code, title: rule.title, certainty: proof.certainty,
      evidence: proof.evidence, what: proof.what, next: proof.next)
  }
}
