// Lines and calls that no id joins, joined by time: each line at most one call, each call at most
// one line, and always the same ones.

import Wire

/// Matches by time. First those that are each other's nearest; then, in order of the lines' times,
/// each line with the nearest call that is left. Both take n log n steps, however close the times
/// of a hostile invoice are.
struct NearestMatch {
  private let times: [Int64]
  private let window: Int64
  /// The nearest call that is free at an index or above, and at an index or below (union-find).
  private var above: [Int]
  private var below: [Int]
  private(set) var pairs: [(line: Int, call: Int)] = []

  /// - Parameters:
  ///   - lines: times in microseconds, sorted.
  ///   - calls: the same.
  ///   - windowMicroseconds: what is further apart is not joined.
  init(lines: [Int64], calls: [Int64], windowMicroseconds: Int64) {
    times = calls
    window = windowMicroseconds
    above = Array(0...calls.count)
    below = Array(0...calls.count)
    var isMatched = [Bool](repeating: false, count: lines.count)
    for (line, call) in mutual(lines) {
      take(line, call)
      isMatched[line] = true
    }
    for line in lines.indices where !isMatched[line] {
      if let call = nearest(to: lines[line]) { take(line, call) }
    }
    pairs.sort { $0.line < $1.line }
  }

  /// Pairs that are nearest to each other; of equal ones the first.
  private mutating func mutual(_ lines: [Int64]) -> [(Int, Int)] {
    var best: [Int: Int] = [:]
    for line in lines.indices {
      guard let call = nearest(to: lines[line]) else { continue }
      guard let other = best[call] else {
        best[call] = line
        continue
      }
      if distance(lines[line], call) < distance(lines[other], call) { best[call] = line }
    }
    return best.map { ($0.value, $0.key) }
  }

  private mutating func take(_ line: Int, _ call: Int) {
    pairs.append((line, call))
    above[call] = call + 1
    // `below` is shifted by one, so that 0 can say that nothing is left.
    below[call + 1] = call
  }

  private func distance(_ time: Int64, _ call: Int) -> Int64 {
    let (difference, overflow) = time.subtractingReportingOverflow(times[call])
    return overflow || difference == .min ? .max : abs(difference)
  }

  /// The free call that is nearest and within the window; of two the earlier.
  private mutating func nearest(to time: Int64) -> Int? {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    let later = NearestMatch.root(of: low, in: &above)
    let earlier = NearestMatch.root(of: low, in: &below) - 1
    var found: Int?
    if earlier >= 0, distance(time, earlier) <= window { found = earlier }
    if later < times.count, distance(time, later) <= window,
      found.map({ distance(time, later) < distance(time, $0) }) ?? true
    {
      found = later
    }
    return found
  }

  /// Follows to the one that stands for itself, and halves the way for the next time.
  private static func root(of index: Int, in parents: inout [Int]) -> Int {
    var index = index
    while parents[index] != index {
      parents[index] = parents[parents[index]]
      index = parents[index]
    }
    return index
  }
}
