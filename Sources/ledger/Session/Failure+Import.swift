// Files that are not taken over.

import CommandLine
import Ledger

extension Failure {
  init(_ error: ImportError) {
    switch error.kind {
    case .damaged:
      self.init(
        .damagedData, "import", "nothing was imported from there on: \(error)",
        next: "ledger import --help")
    case .newer: self.init(.configuration, "newer_export", "\(error)", next: "ledger --version")
    }
  }
}
