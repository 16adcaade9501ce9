// One input of the tables below, named so that a failure says which.

import Wire

/// An input for the reader. The cases follow the ideas of JSONTestSuite (Nicolas Seriot, "Parsing
/// JSON is a Minefield"); the inputs are our own.
struct JSONSample: Sendable, CustomStringConvertible {
  let name: String
  let bytes: [UInt8]
  /// What it must read as; nil where the table only says accepted or refused.
  let value: JSON?

  init(_ name: String, _ text: String, _ value: JSON? = nil) {
    self.init(name, bytes: Array(text.utf8), value)
  }

  init(_ name: String, bytes: [UInt8], _ value: JSON? = nil) {
    self.name = name
    self.bytes = bytes
    self.value = value
  }

  /// These bytes inside a string, for what no Swift literal can say.
  init(_ name: String, quoted inner: [UInt8], _ value: JSON? = nil) {
    self.init(name, bytes: [0x22] + inner + [0x22], value)
  }

  var description: String { name }
}
