// Reads `--fault SPEC`. A wrong part is named and the grammar shown, for nobody remembers it.

extension Fault {
  /// The grammar, as shown with every mistake and in the help.
  package static let grammar = """
    faults = [PHASE/]FAULT[,[PHASE/]FAULT ...]   e.g. 503:0.1,submit/drop-after:0.02,404:3
    PHASE  = submit | status | cancel | list | output | any   (else any; 402: submit, 404: status)
    FAULT  = STATUS:P          not processed; STATUS is 408 or 500 to 599
           | 429:P[:SECONDS]   not processed; Retry-After: SECONDS
           | drop-before:P     closed before the request is processed
           | drop-after:P      processed, then closed without an answer
           | delay:P:SECONDS   processed, answered later
           | 404:SECONDS       a job is not found for its first SECONDS (status, cancel)
           | html:P            not processed; 200 with an HTML page
           | 401[:P] | 402[:P] not processed; every time unless P is given
    P      = probability, 0 to 1;  SECONDS = 0 to 86400
    """

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
    let halves = part.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = halves[halves.count - 1].split(separator: ":", omittingEmptySubsequences: false)
    let arguments = fields.dropFirst()
    let kind = try kind(String(fields[0]), Array(arguments))
    guard halves.count == 2 else { return Fault(kind, phase: usualPhase(of: kind)) }
    if halves[0] == "any" { return Fault(kind) }
    guard let phase = Phase(rawValue: String(halves[0])) else {
      throw Mistake("no phase is called \"\(halves[0])\"")
    }
    if case .missing = kind, phase != .status, phase != .cancel {
      throw Mistake("404 strikes only status and cancel, where there is a job to be missed")
    }
    return Fault(kind, phase: phase)
  }

  private static func usualPhase(of kind: Kind) -> Phase? {
    switch kind {
    case .insufficientCredit: .submit
    case .missing: .status
    default: nil
    }
  }

  private static func kind(_ name: String, _ arguments: [Substring]) throws(Mistake) -> Kind {
    switch name {
    case "drop-before": return .dropBefore(chance: try only(arguments, chance))
    case "drop-after": return .dropAfter(chance: try only(arguments, chance))
    case "html": return .html(chance: try only(arguments, chance))
    case "401": return .unauthenticated(chance: arguments.isEmpty ? 1 : try only(arguments, chance))
    case "402":
      return .insufficientCredit(chance: arguments.isEmpty ? 1 : try only(arguments, chance))
    case "404": return .missing(seconds: try only(arguments, seconds))
    case "delay":
      guard arguments.count == 2 else { throw Mistake("expected a probability and seconds") }
      return .delay(chance: try chance(arguments[0]), seconds: try seconds(arguments[1]))
    case "429":
      guard (1...2).contains(arguments.count) else {
        throw Mistake("expected a probability and, if wanted, seconds")
      }
      let wait = arguments.count == 2 ? try wholeSeconds(arguments[1]) : nil
      return .throttled(chance: try chance(arguments[0]), retryAfterSeconds: wait)
    default:
      guard let status = Int(name), String(status) == name else {
        throw Mistake("no fault is called \"\(name)\"")
      }
      guard status == 408 || (500...599).contains(status) else {
        throw Mistake("status \(name) is no fault here")
      }
      return .unavailable(status: status, chance: try only(arguments, chance))
    }
  }

  private static func only(
    _ arguments: [Substring], _ read: (Substring) throws(Mistake) -> Double
  ) throws(Mistake) -> Double {
    guard arguments.count == 1 else {
      throw Mistake("expected one number after the name, found \(arguments.count)")
    }
    return try read(arguments[0])
  }

  private static func chance(_ text: Substring) throws(Mistake) -> Double {
    guard let value = Decimal.read(text, in: 0...1) else {
      throw Mistake("\"\(text)\" is no probability from 0 to 1")
    }
    return value
  }

  private static func seconds(_ text: Substring) throws(Mistake) -> Double {
    guard let value = Decimal.read(text, in: 0...86_400) else {
      throw Mistake("\"\(text)\" is no number of seconds from 0 to 86400")
    }
    return value
  }

  /// Retry-After has no fractions (RFC 9110 §10.2.3).
  private static func wholeSeconds(_ text: Substring) throws(Mistake) -> Int {
    let value = try seconds(text)
    guard value == value.rounded() else { throw Mistake("Retry-After takes whole seconds") }
    return Int(value)
  }
}
