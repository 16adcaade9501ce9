// Given, when, then: a rule of the product as a test reads it, decided by the real books.

package import Ledger
package import Testing
import Wire

/// Books in a fresh home with a clock that a test moves. `given` what happened, `when` one more
/// thing is asked, `then` these events follow, or it is refused.
package final class Scenario {
  private let home: TemporaryHome
  package let clock = FakeClock()
  package let books: Books
  /// All events so far, `ledger.opened` left out.
  package private(set) var history: [RecordedEvent] = []

  package init() throws {
    home = try TemporaryHome()
    let clock = self.clock
    books = try Books(home.home, clock: { clock.now })
  }

  /// Brings the books where the test begins; each must be accepted.
  @discardableResult
  package func given(
    _ actions: Action..., location: SourceLocation = #_sourceLocation
  ) throws -> Scenario {
    for action in actions {
      if case .failure(let refusal) = try ask(action).result {
        Issue.record("given \(action): \(refusal)", sourceLocation: location)
      }
    }
    return self
  }

  /// Asks for one thing.
  package func when(
    _ action: Action, key: String? = nil, actor: Actor = .cli
  ) throws -> Outcome {
    try ask(action, key: key, actor: actor)
  }

  private func ask(
    _ action: Action, key: String? = nil, actor: Actor = .cli
  ) throws -> Outcome {
    let command = Command(action, actor: actor, by: "tester", key: key)
    let result = try books.append([command])[0]
    if case .success(let receipt) = result, !receipt.isRepeated { history += receipt.events }
    return Outcome(result: result)
  }

  /// Where the newest event of a type stands; 0 when there is none.
  package func position(of type: EventType) -> Position {
    history.last { $0.event.type == type }?.position ?? 0
  }

  /// The position of the log's end.
  package func head() throws -> Position { try books.read { $0.head } }

  package func job(_ id: String = "j1") throws -> Job {
    try books.read { books in
      try #require(try books.jobNumber(id).flatMap { try books.job($0) }, "no job \(id)")
    }
  }

  package func account(_ id: String = "acme") throws -> Account {
    try books.read { books in
      try #require(
        try books.accountNumber(id).flatMap { try books.account($0) }, "no account \(id)")
    }
  }
}

/// How the books answered.
package struct Outcome {
  package let result: Result<Receipt, Refusal>

  /// Exactly these events were written, in this order, in one group.
  package func then(
    _ facts: Fact..., location: SourceLocation = #_sourceLocation
  ) {
    guard case .success(let receipt) = result, !receipt.isRepeated else {
      Issue.record("expected \(facts), not \(result)", sourceLocation: location)
      return
    }
    let written = receipt.events.map { Fact($0) }
    let isMet =
      facts.count == written.count && zip(facts, written).allSatisfy { $0.isMet(by: $1) }
    #expect(isMet, "expected \(facts), not \(written)", sourceLocation: location)
  }

  /// An earlier identical command had answered, and nothing was written.
  package func thenRepeats(
    _ position: Position, location: SourceLocation = #_sourceLocation
  ) {
    guard case .success(let receipt) = result else {
      Issue.record("expected a repetition, not \(result)", sourceLocation: location)
      return
    }
    #expect(receipt.isRepeated, sourceLocation: location)
    #expect(receipt.position == position, sourceLocation: location)
  }

  /// The books said no, naming the event that stands against it, and wrote nothing.
  package func thenRefused(
    _ code: Refusal.Code, naming position: Position = 0,
    location: SourceLocation = #_sourceLocation
  ) {
    guard case .failure(let refusal) = result else {
      Issue.record("expected a refusal, not \(result)", sourceLocation: location)
      return
    }
    #expect(refusal.code == code, "\(refusal)", sourceLocation: location)
    #expect(refusal.position == position, "\(refusal)", sourceLocation: location)
    #expect(!refusal.message.isEmpty, sourceLocation: location)
  }
}
