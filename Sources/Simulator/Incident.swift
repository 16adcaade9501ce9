// The incidents that `ledger` knows by name, each as a world in which it happens: a provider that
// behaves so, and what a user types, in order. The table is in `Incident+*.swift`.
import Wire

/// One incident, ready to be played.
package struct Incident: Sendable {
  /// The code of the diagnosis, e.g. `NEVER_POLLED`.
  package let code: String
  /// One line, at most 46 characters.
  package let about: String
  /// What happened to whom, in sentences.
  package let story: String
  /// Who is simulated.
  package let provider: String
  /// How the provider behaves.
  let behave: @Sendable (inout SimulatorOptions) -> Void
  /// What is typed, once the provider's address is known.
  let script: @Sendable (IncidentStage) -> IncidentScript

  init(
    _ code: String, _ about: String, provider: String, story: String,
    behave: @escaping @Sendable (inout SimulatorOptions) -> Void = { _ in },
    script: @escaping @Sendable (IncidentStage) -> IncidentScript
  ) {
    self.code = code
    self.about = about
    self.story = story
    self.provider = provider
    self.behave = behave
    self.script = script
  }

  /// Every incident: those of the five systems first.
  package static let all: [Incident] =
    ofSystems + ofSubmits + ofWatching + ofWebhooks + ofVerdicts

  /// The one with this code, in any case; nil when there is none.
  package static func named(_ code: String) -> Incident? {
    all.first { $0.code == code.uppercased() }
  }

  /// The world in which it happens.
  package var options: SimulatorOptions {
    var options = SimulatorOptions(pace: Incident.pace(1))
    options.providers = [provider]
    behave(&options)
    return options
  }

  /// Jobs that last so many seconds.
  static func pace(_ seconds: Double) -> Pace { Pace(seconds: seconds...seconds) }
}

/// Which incident a simulator plays, and where its books and files belong.
package struct IncidentChoice: Sendable {
  package let incident: Incident
  /// An absolute path. Nobody's books are there yet: play money must not get among real money.
  package let directory: String

  package init(_ incident: Incident, directory: String) {
    self.incident = incident
    self.directory = directory
  }
}

/// What is typed, and what the books say afterwards.
struct IncidentScript: Sendable {
  /// Until the incident has happened.
  var play: [IncidentStep]
  var expect: IncidentExpectation
  /// What ends it well.
  var mend: [IncidentStep] = []
  /// After that; nil where nothing is to be mended.
  var afterwards: IncidentExpectation?
}

/// What the books say about the job in question.
package struct IncidentExpectation: Sendable, Equatable {
  /// Nil where no job is known yet.
  var job: String?
  var state = ""
  var held = "0"
  var captured = "0"
  var released = "0"
  /// Types of event that must be in the log.
  var events: [String] = []
  /// Types of the events that the diagnosis names as its proof, in their order.
  var evidence: [String] = []
  /// How the next command that the diagnosis names begins; nil: nothing is left to do.
  var next: String?

  /// - Parameter diagnoses: codes that `explain` names then, and no others; nil: nothing is said.
  func json(diagnoses: [String]?) -> JSON {
    [
      "job": job.map(JSON.string) ?? .null, "state": job == nil ? .null : .string(state),
      "held": .string(held), "captured": .string(captured), "released": .string(released),
      "events": .array(events.map(JSON.string)),
      "diagnoses": diagnoses.map { .array($0.map(JSON.string)) } ?? .null,
      "evidence": .array(evidence.map(JSON.string)), "do": next.map(JSON.string) ?? .null,
    ]
  }
}
