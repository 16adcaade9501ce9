// Which call a line is for: by the provider's id, else probably by model and time.

import Wire

/// Lines by call.
struct LineMatch {
  /// Lines of one call and one unit, or one line of nobody.
  struct Group {
    var lines: [Int]
    let call: Int?
    let certainty: Certainty?
    var quantity: Quantity
    let unit: String
  }

  /// In the order of their first lines.
  private(set) var groups: [Group] = []
  /// How many units a call is billed in.
  private(set) var units: [Int: Int] = [:]

  init(_ lines: [InvoiceLine], _ calls: [Call], _ terms: ReconciliationTerms) {
    var owners: [String: Int] = [:]
    for (index, call) in calls.enumerated() {
      guard let id = call.externalID else { continue }
      // The owner of a handle is the first; what came later is a duplicate and has none.
      if owners[id] == nil { owners[id] = index }
    }
    var matches = lines.map { line in line.externalID.flatMap { owners[$0] } }
    let exact = matches.map { $0 != nil }
    LineMatch.guess(lines, calls, terms, &matches)
    var places: [Place: Int] = [:]
    for (index, line) in lines.enumerated() {
      let call = matches[index]
      if let call, let group = places[Place(call: call, unit: line.unit)] {
        groups[group].lines.append(index)
        groups[group].quantity += line.quantity
        continue
      }
      if let call {
        places[Place(call: call, unit: line.unit)] = groups.count
        units[call, default: 0] += 1
      }
      groups.append(
        Group(
          lines: [index], call: call,
          certainty: call == nil ? nil : exact[index] ? .exact : .probable,
          quantity: line.quantity, unit: line.unit))
    }
  }

  private struct Place: Hashable {
    let call: Int
    let unit: String
  }

  /// Joins the lines that no id joins. A line whose id nobody knows can only be of a call whose id
  /// nobody knows: a submit whose answer was lost. A line without an id can be any call's.
  private static func guess(
    _ lines: [InvoiceLine], _ calls: [Call], _ terms: ReconciliationTerms, _ matches: inout [Int?]
  ) {
    let knowsModels = lines.contains { $0.model != nil }
    func key(_ model: String?) -> String {
      guard knowsModels, let model else { return "" }
      return (terms.modelAliases[model] ?? model).lowercased()
    }
    let window = Int64(max(0, min(terms.windowSeconds, 1e9)) * 1e6)
    for hasID in [true, false] {
      var taken = Set(matches.compactMap(\.self))
      var ours: [String: [(time: Int64, index: Int)]] = [:]
      for (index, call) in calls.enumerated() where !taken.contains(index) {
        guard !(hasID && call.externalID != nil), let time = call.ended ?? call.sent else {
          continue
        }
        ours[key(call.model), default: []].append((time.microseconds, index))
      }
      var theirs: [String: [(time: Int64, index: Int)]] = [:]
      for (index, line) in lines.enumerated() where matches[index] == nil {
        guard (line.externalID != nil) == hasID, let time = line.billedAt else { continue }
        theirs[key(line.model), default: []].append((time.microseconds, index))
      }
      for (model, lines) in theirs {
        guard var calls = ours[model] else { continue }
        var lines = lines
        calls.sort { $0 < $1 }
        lines.sort { $0 < $1 }
        let found = NearestMatch(
          lines: lines.map(\.time), calls: calls.map(\.time), windowMicroseconds: window)
        for (line, call) in found.pairs where taken.insert(calls[call].index).inserted {
          matches[lines[line].index] = calls[call].index
        }
      }
    }
  }
}
