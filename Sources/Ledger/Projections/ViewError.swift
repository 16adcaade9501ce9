// Why a fold stops: the log says something no decision writes.

/// An event that cannot follow from the ones before it.
package enum ViewError: Error, Equatable, CustomStringConvertible {
  /// It is not the one after the last that was folded.
  case outOfOrder(Position)
  /// The subject is unknown, numbered out of turn, or its previous position is not its last.
  case wrongSubject(Position)
  /// A credit event names an account, bucket or hold that does not have what it takes.
  case wrongCredits(Position)

  package var description: String {
    switch self {
    case .outOfOrder(let position): "position \(position): the one before it is missing"
    case .wrongSubject(let position): "position \(position): breaks its subject's chain"
    case .wrongCredits(let position): "position \(position): credits that were not there"
    }
  }
}
