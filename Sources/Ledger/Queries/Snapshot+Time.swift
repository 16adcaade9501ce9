// From a moment to a position: recorded times never go back, so halving finds it.

package import Wire

extension Snapshot {
  /// What a place or a moment means here: a time names the last event recorded by then, and a
  /// position beyond the head the head.
  package func position(of place: PositionOrTime) throws -> Position {
    switch place {
    case .position(let position): min(Position(position), head)
    case .time(let time): try position(at: time)
    }
  }

  /// The last event recorded at `time` or before; 0 when there is none.
  package func position(at time: Timestamp) throws -> Position {
    var (low, high): (Position, Position) = (0, head)
    while low < high {
      let middle = low + (high - low + 1) / 2
      guard let event = try log.event(at: middle) else { return low }
      if event.time <= time { low = middle } else { high = middle - 1 }
    }
    return low
  }
}
