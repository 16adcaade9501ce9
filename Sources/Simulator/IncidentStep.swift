// One thing that somebody does in the course of an incident.
package import Wire

/// A command or a request, with what comes of it.
package struct IncidentStep: Sendable, Equatable {
  package enum Act: Sendable, Equatable {
    /// A command line, word by word.
    case run([String])
    /// A request to `ledger serve`; the path is on its address.
    case http(method: String, path: String, body: JSON)
  }

  package let act: Act
  /// What the command ends with.
  package let exit: Int
  /// A command that must exist for this; without it the step can be left out.
  package let needs: String?
  /// What the step is for, where the words do not say so.
  package let note: String?

  private init(_ act: Act, exit: Int = 0, needs: String? = nil, note: String? = nil) {
    self.act = act
    self.exit = exit
    self.needs = needs
    self.note = note
  }

  /// `ledger WORDS`
  static func ledger(
    _ words: String..., exit: Int = 0, needs: String? = nil, note: String? = nil
  ) -> IncidentStep {
    IncidentStep(.run(["ledger"] + words), exit: exit, needs: needs, note: note)
  }

  static func run(_ words: [String], exit: Int = 0, note: String? = nil) -> IncidentStep {
    IncidentStep(.run(words), exit: exit, note: note)
  }

  static func sleep(_ seconds: Int, note: String? = nil) -> IncidentStep {
    run(["sleep", "\(seconds)"], note: note)
  }

  /// A look at the job now instead of when it would be due.
  static func look(_ job: String) -> [IncidentStep] {
    [.ledger("check", job), .ledger("poll", "--once")]
  }

  /// What a browser reports about a job.
  static func report(_ job: String, _ kind: String, _ report: JSON) -> IncidentStep {
    IncidentStep(
      .http(
        method: "POST", path: "/v1/jobs/\(job)/client-reports",
        body: ["kind": .string(kind), "report": report]),
      needs: "serve", note: "what the browser reports")
  }

  /// Somebody outside has the result.
  static func delivered(_ job: String, to consumer: String) -> IncidentStep {
    IncidentStep(
      .http(
        method: "POST", path: "/v1/jobs/\(job)/delivered",
        body: ["consumer": .string(consumer)]),
      needs: "serve", note: "the page has it now")
  }

  package var json: JSON {
    var object = JSONObject()
    switch act {
    case .run(let words):
      object["run"] = .array(words.map(JSON.string))
      object["exit"] = .int(exit)
    case .http(let method, let path, let body):
      object["http"] = ["method": .string(method), "path": .string(path), "body": body]
    }
    if let needs { object["needs"] = .string(needs) }
    if let note { object["note"] = .string(note) }
    return .object(object)
  }
}
