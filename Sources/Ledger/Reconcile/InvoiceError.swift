// Why an invoice, or the map of its columns, is not read. Nothing was written.

/// What is wrong with an invoice, and where.
package struct InvoiceError: Error, Equatable, CustomStringConvertible {
  package enum Part: Sendable, Equatable {
    /// A line of the file, from 1; 0: the file as a whole.
    case line(Int)
    /// A member of the map, by its place in it.
    case map([String])
  }

  package let part: Part
  package let reason: String

  init(line: Int, _ reason: String) {
    part = .line(line)
    self.reason = reason
  }

  init(map place: [String], _ reason: String) {
    part = .map(place)
    self.reason = reason
  }

  package var description: String {
    switch part {
    case .line(0): "the file \(reason)"
    case .line(let line): "line \(line): \(reason)"
    case .map([]): "the map \(reason)"
    case .map(let place): "the map's \(place.joined(separator: ".")): \(reason)"
    }
  }

  /// Text from a file, short enough to be shown.
  static func shown(_ text: String) -> String {
    let start = String(text.unicodeScalars.prefix(60))
    return start.unicodeScalars.count < text.unicodeScalars.count ? start + "..." : start
  }
}
