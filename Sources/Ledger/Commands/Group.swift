// The events of one atomic commit, being put together: positions and subject numbers are known in
// advance, because only one writer decides at a time.

import Wire

/// Drafts of one group with the numbers they will get.
struct Group: Sendable {
  /// Position of the group's first event.
  let first: Position
  /// Subjects in the log before the group.
  private let subjects: UInt64
  private(set) var drafts: [Draft] = []
  private var newSubjects: [Subject.Name] = []

  init(after position: Position, subjects: UInt64) {
    first = position + 1
    self.subjects = subjects
  }

  /// The position of the next draft.
  var next: Position { first + Position(drafts.count) }

  mutating func add(_ draft: Draft) { drafts.append(draft) }

  /// The number that a subject new in this group gets.
  mutating func number(ofNew name: Subject.Name) -> SubjectNumber {
    if let index = newSubjects.firstIndex(of: name) { return subjects + UInt64(index) + 1 }
    newSubjects.append(name)
    return subjects + UInt64(newSubjects.count)
  }
}

/// What a command comes to.
enum Decided: Sendable {
  case group(Group, key: CommandKey?)
  /// Answered before: the group that this event belongs to.
  case already(Position)
}
