// Reads `--fault SPEC`. A wrong part is named and the grammar shown, for nobody remembers it.

extension Fault {
  /// The grammar, as shown with every mistake.
  package static let grammar = """
    faults = [PHASE/]FAULT[*TIMES][,...]   e.g. 503:0.1,submit/drop-after:0.02*1,404:3
    PHASE  = submit | status | result | cancel | list | output | stream | webhook | any
    FAULT  = KIND[:P[:NUMBER]], but 404:SECONDS: a job is not found for its first SECONDS
    not processed:   408 500..599 429[:P:SECONDS] 429-date[:P:SECONDS] 401 402 403 409 410 flap
                     html empty redirect not-http bad-chunk drop-before reset stall
    answer harmed:   drop-after 504-after delay:P:SECONDS half drip[:P:SECONDS] endless
                     too-long gzip huge-header many-headers
    answer wrong:    wrong-type wrong-id no-id word no-output cut-json not-utf8 two-members
                     deep-json huge-number null list controls error-inside stale
    job:             rerun regret deaf
    stream:          cut[:P:EVENTS] silent
    webhook:         lost twice reorder forged outdated webhook/delay:P:SECONDS
    certificate:     tls-authority tls-host tls-expired (with --ca)
    P      = probability, 0 to 1, else 1;  TIMES = strikes in all
    """

  /// The most strikes that can be asked for.
  private static let timesMax = 1_000_000

  /// Reads a comma-separated list.
  /// - Throws: `SimulatorError.badOption` that names the wrong part.
  package static func parse(_ text: String) throws(SimulatorError) -> [Fault] {
    var faults: [Fault] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      do {
        faults.append(try parse(part: part))
      } catch {
        throw SimulatorError.badOption(
          part: String(part), reason: error.reason, grammar: grammar)
      }
    }
    return faults
  }

  private struct Mistake: Error {
    let reason: String
    init(_ reason: String) { self.reason = reason }
  }

  private static func parse(part: Substring) throws(Mistake) -> Fault {
    let limited = part.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
    let times = limited.count == 2 ? try self.times(limited[1]) : nil
    let halves = limited[0].split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = halves[halves.count - 1].split(separator: ":", omittingEmptySubsequences: false)
    let (kind, status) = try kind(String(fields[0]))
    let phase = halves.count == 2 ? try self.phase(halves[0], for: kind) : kind.usualPhase
    let (chance, number) = try numbers(Array(fields.dropFirst()), for: kind)
    return Fault(
      kind, status: status, phase: phase, chance: chance, number: number, times: times)
  }

  private static func kind(_ name: String) throws(Mistake) -> (FaultKind, Int?) {
    if let kind = FaultKind(rawValue: name), kind != .unavailable { return (kind, nil) }
    guard let status = Int(name), String(status) == name else {
      throw Mistake("no fault is called \"\(name)\"")
    }
    guard status == 408 || (500...599).contains(status) else {
      throw Mistake("status \(name) is no fault here")
    }
    return (.unavailable, status)
  }

  private static func phase(
    _ name: Substring, for kind: FaultKind
  ) throws(Mistake) -> Phase? {
    if name == "any" { return nil }
    guard let phase = Phase(rawValue: String(name)) else {
      throw Mistake("no phase is called \"\(name)\"")
    }
    let allowed = kind.onlyPhases ?? Phase.allCases.filter { $0 != .webhook }
    guard allowed.contains(phase) else {
      let phases = allowed.map(\.rawValue).joined(separator: ", ")
      throw Mistake("\(kind.rawValue) strikes only \(phases.isEmpty ? "a certificate" : phases)")
    }
    return phase
  }

  private static func numbers(
    _ fields: [Substring], for kind: FaultKind
  ) throws(Mistake) -> (chance: Double, number: Double?) {
    guard kind != .missing else {
      guard fields.count == 1 else { throw Mistake("expected seconds alone") }
      return (1, try number(fields[0], for: kind))
    }
    let standard = kind.argument?.standard
    let isNeeded = standard?.isNaN ?? false
    guard fields.count <= (kind.argument == nil ? 1 : 2), !isNeeded || fields.count == 2 else {
      throw Mistake(
        kind.argument.map { "expected a probability and \($0.name)" }
          ?? "expected one number after the name, found \(fields.count)")
    }
    guard let first = fields.first else { return (1, standard) }
    guard let chance = Decimal.read(first, in: 0...1) else {
      throw Mistake("\"\(first)\" is no probability from 0 to 1")
    }
    return (chance, fields.count == 2 ? try number(fields[1], for: kind) : standard)
  }

  private static func number(
    _ text: Substring, for kind: FaultKind
  ) throws(Mistake) -> Double {
    guard let argument = kind.argument else { throw Mistake("takes no number") }
    guard let value = Decimal.read(text, in: argument.bounds) else {
      let most = Int(argument.bounds.upperBound)
      throw Mistake("\"\(text)\" is no number of \(argument.name) from 0 to \(most)")
    }
    guard !argument.isWhole || value == value.rounded() else {
      throw Mistake("\(argument.name) takes whole numbers")
    }
    return value
  }

  private static func times(_ text: Substring) throws(Mistake) -> Int {
    guard let times = Int(text), (1...timesMax).contains(times) else {
      throw Mistake("\"*\(text)\" is no number of times from 1 to \(timesMax)")
    }
    return times
  }
}
