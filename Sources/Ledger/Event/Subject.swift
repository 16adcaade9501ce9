// What an event is about: a job, an account, the ledger itself, a provider, ...

/// A subject as the views know it.
package struct Subject: Sendable, Equatable {
  /// How people and events name it.
  package struct Name: Sendable, Hashable {
    package var kind: SubjectKind
    /// Unique within its kind.
    package var id: String

    package init(kind: SubjectKind, id: String) {
      self.kind = kind
      self.id = id
    }

    package static func job(_ id: String) -> Name { Name(kind: .job, id: id) }
    package static func account(_ id: String) -> Name { Name(kind: .account, id: id) }
    package static let ledger = Name(kind: .ledger, id: "ledger")
  }

  package var name: Name
  /// Its first event.
  package var first: Position
  /// Its newest event: the version that an append expects.
  package var last: Position
  /// Its first blob, whose row holds the salt of all of them; 0: none yet.
  package var firstBlob: UInt64
}

extension Subject.Name: CustomStringConvertible {
  /// `job:demo-1`, as in the JSON of events.
  package var description: String { "\(kind.name):\(id)" }
}
