// Why a simulator could not be started, or an option of it not be read.

/// A refused start or a refused option.
package enum SimulatorError: Error, Equatable, CustomStringConvertible {
  /// Another process listens on this port of 127.0.0.1.
  case portTaken(Int)
  /// The port is not within 0 to 65535.
  case portOutOfRange(Int)
  /// The operating system or the HTTP library refused; the text says which call and why.
  case cannotListen(String)
  /// A fault, outcome or pace that cannot be read: the part in question, what is wrong with it, and
  /// the grammar.
  case badOption(part: String, reason: String, grammar: String)
  /// A recording that cannot be played, with its name.
  case badRecording(name: String, reason: String)

  package var description: String {
    switch self {
    case .portTaken(let port): "port \(port) of 127.0.0.1 is taken by another process"
    case .portOutOfRange(let port): "port \(port) is not between 0 and 65535"
    case .cannotListen(let reason): "cannot listen on 127.0.0.1: \(reason)"
    case .badOption(let part, let reason, let grammar): "\"\(part)\": \(reason)\n\(grammar)"
    case .badRecording(let name, let reason): "recording \(name): \(reason)"
    }
  }
}
