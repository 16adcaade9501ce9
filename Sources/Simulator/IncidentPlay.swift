// An incident at a running simulator: the story and the commands, for people and for programs.
package import Wire

/// What to type, exactly, against one simulator.
package struct IncidentPlay: Sendable {
  private let incident: Incident
  private let script: IncidentScript
  private let environment: [(name: String, value: String)]

  init(_ choice: IncidentChoice, address: String, options: SimulatorOptions) {
    let stage = IncidentStage(address: address, directory: choice.directory, options: options)
    incident = choice.incident
    script = incident.script(stage)
    environment = stage.environment
  }

  /// `{"code","about","story","provider","environment","faults","play","expect","mend",
  /// "afterwards"}`. `faults` are the names under which the counts show that they struck. A step is
  /// `{"run":[...],"exit"}` or `{"http":{"method","path","body"}}`, with `needs` where a command
  /// must exist for it. `afterwards` is null where nothing is to be mended.
  package var json: JSON {
    [
      "code": .string(incident.code), "about": .string(incident.about),
      "story": .string(incident.story), "provider": .string(incident.provider),
      "environment": .object(
        JSONObject(environment.map { JSONObject.Member($0.name, .string($0.value)) })),
      "faults": .array(incident.options.faults.map { .string($0.name) }),
      "play": .array(script.play.map(\.json)),
      "expect": script.expect.json(diagnoses: [incident.code]),
      "mend": .array(script.mend.map(\.json)),
      "afterwards": script.afterwards?.json(diagnoses: nil) ?? .null,
    ]
  }

  /// The same to read: sentences as long as they are, and lines to copy into a shell, broken with
  /// backslashes at `columns`.
  package func text(columns: Int) -> [Line] {
    var lines: [Line] = [.sentence("\(incident.code): \(incident.story)"), .command("")]
    for variable in environment {
      lines.append(.command("export \(variable.name)=\(ShellText.quoted(variable.value))"))
    }
    lines.append(.command(""))
    lines += script.play.flatMap { self.lines($0, columns) }
    lines += [.command(""), .sentence("Then \(text(of: script.expect))"), .command("")]
    let story = script.expect.job.map { "ledger explain \($0)" } ?? "ledger incidents"
    lines += [.command("\(story)  # \(incident.code)")]
    guard let afterwards = script.afterwards else { return lines }
    lines += [.command(""), .sentence("And to end it well:"), .command("")]
    lines += script.mend.flatMap { self.lines($0, columns) }
    return lines + [.command(""), .sentence("Then \(text(of: afterwards))")]
  }

  /// A line of the text.
  package enum Line: Sendable, Equatable {
    /// To be wrapped.
    case sentence(String)
    /// To be shown as it is.
    case command(String)
  }

  private func lines(_ step: IncidentStep, _ columns: Int) -> [Line] {
    var lines: [Line] = []
    let needs = step.needs.map { "needs ledger \($0)" }
    let remark = [step.note, needs].compactMap { $0 }.joined(separator: "; ")
    if !remark.isEmpty { lines.append(.command("# \(remark)")) }
    switch step.act {
    case .run(let words):
      let quoted = words.map { ShellText.quoted($0) }
      lines += ShellText.lines(quoted, columns: columns).map { .command($0) }
    case .http(let method, let path, let body):
      lines.append(.command("# \(method) \(path)"))
      lines.append(.command("# \(body.text)"))
    }
    return lines
  }

  private func text(of expected: IncidentExpectation) -> String {
    guard let job = expected.job else { return "no job is known to the books." }
    return "\(job) is \(expected.state): \(expected.held) held, \(expected.captured) captured, "
      + "\(expected.released) released."
  }
}
