// "Did you mean ...?" for commands and options: only when something is really near.

/// Nearest names by the optimal string alignment distance (Damerau-Levenshtein without editing a
/// transposed pair again).
package enum Suggest {
  /// Longer words are not compared: no name is that long, and the work is bounded.
  package static let bytesMax = 40

  /// Insertions, deletions, substitutions and swaps of neighbours between two words, in bytes.
  package static func distance(_ left: String, _ right: String) -> Int {
    let a = Array(left.utf8)
    let b = Array(right.utf8)
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        row.append(best)
      }
      before = last
      last = row
    }
    return last[b.count]
  }

  /// The nearest name within a third of the word's length (at least one edit), or else the only
  /// name that begins with the word; the first of equals. Nil when nothing is near.
  package static func nearest(to word: String, among names: [String]) -> String? {
    guard (2...bytesMax).contains(word.utf8.count) else { return nil }
    let lower = word.lowercased()
    let near = max(1, lower.utf8.count / 3)
    var best: (name: String, distance: Int)?
    for name in names {
      let distance = distance(lower, name)
      if distance <= near, distance < best?.distance ?? .max { best = (name, distance) }
    }
    if let best { return best.name }
    let longer = names.filter { $0.hasPrefix(lower) }
    return longer.count == 1 ? longer[0] : nil
  }

  /// The command meant by `word`: a near name, a member of the family that `word` begins with, or
  /// the only command whose last word is near (`lint` for `provider lint`).
  package static func command(near word: String, among names: [String]) -> String? {
    let family = word.split(separator: " ").first.map { $0 + " " } ?? ""
    let members = names.filter { word.contains(" ") && $0.hasPrefix(family) }
    let last = { (name: String) in String(name.split(separator: " ").last ?? "") }
    if !members.isEmpty {
      let found = nearest(to: last(word), among: members.map(last))
      return members.first { last($0) == found }
    }
    if let name = nearest(to: word, among: names) { return name }
    guard let end = nearest(to: word, among: names.map(last)) else { return nil }
    let meant = names.filter { last($0) == end }
    return meant.count == 1 ? meant[0] : nil
  }
}
