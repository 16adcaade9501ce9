// "Did you mean": the known name nearest to a mistyped one.

enum Suggestion {
  /// The nearest of `known` by edit distance, when it is near enough to be meant.
  static func nearest(to name: String, among known: [String]) -> String? {
    guard name.utf8.count <= 64 else { return nil }
    let best = known.map { (name: $0, distance: distance(name, $0)) }
      .min { $0.distance < $1.distance }
    guard let best, best.distance <= max(2, name.utf8.count / 3) else { return nil }
    return best.name
  }

  /// Levenshtein's distance in bytes.
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (i, a) in left.utf8.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
