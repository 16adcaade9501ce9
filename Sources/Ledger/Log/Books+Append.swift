// Writing: decide against the views, append, fold, commit the log, write HEAD, commit the views.
// A crash between any two of these loses nothing acknowledged: the views catch up from the log.

import LMDB
import Posix
import Wire

/// What a command wrote, or had written when it was first given.
package struct Receipt: Sendable {
  /// The group's events.
  package let events: [RecordedEvent]
  /// True when an earlier identical command answered.
  package let isRepeated: Bool

  /// Position of the group's last event.
  package var position: Position { events.last?.position ?? 0 }
}

extension Books {
  /// Decides and appends commands in one commit, in order; each is answered for itself.
  /// - Parameter isRehearsal: the answers are as they would be, and nothing is written.
  /// - Throws: `BooksError` when nothing was written: no room, a poisoned log, damage.
  @available(*, noasync)
  package func append(
    _ commands: [Command], isRehearsal: Bool = false
  ) throws(BooksError) -> [Result<Receipt, Refusal>] {
    do {
      return try gate.pass {
        if let poison { throw BooksError.poisoned(poison) }
        _ = try lock.lock(.exclusive, wait: true)
        defer { lock.unlock() }
        return try appendLocked(commands, isRehearsal)
      }
    } catch {
      throw BooksError(error)
    }
  }

  /// One command.
  @available(*, noasync)
  package func append(_ command: Command) throws -> Receipt {
    try append([command])[0].get()
  }

  private func appendLocked(
    _ commands: [Command], _ isRehearsal: Bool
  ) throws -> [Result<Receipt, Refusal>] {
    try openCurrentViews()
    let snapshot = try log.write()
    try snapshot.completeSchemas()
    var views = try viewsAtEnd(of: snapshot)
    if !commands.allSatisfy(\.setsDiskFloor) {
      let floor = try views.policy(Policy.diskFloor).flatMap(UInt64.init) ?? Books.diskFloor
      guard try FileSystem.freeBytes(home.path) >= floor else {
        throw BooksError.full(
          "less than \(floor) bytes are free on the file system of \(home.path)")
      }
    }
    let start = views.position
    let newest = try snapshot.event(at: start)?.time ?? Timestamp(microseconds: 0)
    var clerk = Clerk(views, snapshot)
    var scratch = AppendScratch()
    var results: [Result<Receipt, Refusal>] = []
    results.reserveCapacity(commands.count)
    // Recorded time never goes back, whatever the wall clock does.
    let now = max(clock(), newest)
    for command in commands {
      do {
        results.append(.success(try clerk.carryOut(command, now: now, &scratch)))
      } catch let refusal as Refusal {
        results.append(.failure(refusal))
      }
    }
    guard !isRehearsal, clerk.views.position > start else { return results }
    try commit(clerk)
    return results
  }

  /// Log first, then the witness, then the views; only then is anything acknowledged.
  private func commit(_ clerk: consuming Clerk<StoredRows<WriteTransaction>, WriteTransaction>)
    throws
  {
    let mark = log.mark(clerk.views.position, clerk.views.hash)
    let views = clerk.views
    let begin = Clock.bootMicroseconds()
    do {
      try interruption?(.decided)
      try clerk.log.commit()
      try interruption?(.logged)
      try head.write(mark)
      try interruption?(.witnessed)
    } catch {
      // After an fdatasync error LMDB's next commit reports success: stop here (measured).
      poison = "\(error)"
      throw BooksError.poisoned("\(error)")
    }
    commitTimes.add(seconds: Double(Clock.bootMicroseconds() - begin) / 1e6)
    do {
      let fold = try views.commit()
      if fold.isBounded { kept = consume fold }
    } catch {
      // The log has it; the views are a cache: rebuilt at the next opening.
      try? FileSystem.remove(home.current)
    }
  }

  /// The serving views caught up with the log's end, ready to decide against. Under LOCK. What a
  /// writer left there unwitnessed when it died counts from here on, so HEAD is moved up before
  /// anybody is told of it.
  private func viewsAtEnd(
    of snapshot: borrowing LogSnapshot<WriteTransaction>
  ) throws -> Views<StoredRows<WriteTransaction>> {
    let views = try trustedViews(of: snapshot)
    if try head.mark()?.position ?? 0 < views.position {
      try head.write(log.mark(views.position, views.hash))
    }
    return views
  }

  /// Views that the rest of the log can be folded onto. Where it cannot, they are spoiled, or the
  /// log is: building them anew from the log says which.
  private func trustedViews(
    of snapshot: borrowing LogSnapshot<WriteTransaction>
  ) throws -> Views<StoredRows<WriteTransaction>> {
    if let kept = kept.take(), let views = kept.views(over: try generation.rows()),
      try snapshot.hash(at: views.position) == views.hash,
      let caughtUp = try? Books.caughtUp(views, with: snapshot)
    {
      return caughtUp
    }
    if (try? generation.follows(from: snapshot)) == true,
      let views = try? Books.caughtUp(try generation.write(), with: snapshot)
    {
      return views
    }
    generation = try Books.rebuild(home, log)
    return try Books.caughtUp(try generation.write(), with: snapshot)
  }

  /// Views with everything folded that the log has and they lack.
  static func caughtUp(
    _ views: consuming Views<StoredRows<WriteTransaction>>,
    with snapshot: borrowing LogSnapshot<WriteTransaction>
  ) throws -> Views<StoredRows<WriteTransaction>> {
    try snapshot.events(from: views.position + 1) { event in
      try views.apply(event)
      return true
    }
    return views
  }

  /// The views that serve now and their log. When CURRENT changed, new ones are opened: it names
  /// the log's file too, so nobody goes on reading a log that was replaced.
  func serving() throws -> (generation: Generation, log: Log) {
    try gate.pass {
      if try !isGenerationCurrent() {
        _ = try lock.lock(.exclusive, wait: true)
        defer { lock.unlock() }
        try openCurrentViews()
      }
      return (generation, log)
    }
  }

  /// CURRENT is replaced by rename, so a file of the same inode and time has the same content: it
  /// is read only when it changed. Views in memory serve as long as nobody found room for others.
  private func isGenerationCurrent() throws -> Bool {
    let stamp = try FileSystem.status(home.current)
    if let stamp, let known = currentStamp, known == (stamp, generation.number) { return true }
    if generation.isInMemory { return try stamp == nil && log.isInPlace(home) }
    let isCurrent = try FileSystem.read(home.current, limit: 4096) == generation.pointer
    currentStamp = isCurrent ? stamp.map { ($0, generation.number) } : nil
    return isCurrent
  }

  /// Follows CURRENT when another process built a new generation, and the log when another one was
  /// put in its place: nobody appends to a log that is out of place. Under LOCK.
  func openCurrentViews() throws {
    if try !log.isInPlace(home) {
      let replaced = try Log(home.log)
      try Books.check(try replaced.read(), against: try head.mark())
      log = replaced
    }
    if try isGenerationCurrent() { return }
    if let current = try Generation.current(of: home) {
      generation = current
    } else {
      generation = try Books.rebuild(home, log)
    }
  }

  /// Flushes what HEAD says; daemons call this every second.
  package func flushHead() throws(BooksError) {
    do {
      try gate.pass { try head.flush() }
    } catch {
      throw BooksError(error)
    }
  }

  /// Free bytes below which nothing is written, before a policy says otherwise.
  static var diskFloor: UInt64 {
    Machine.environment("LEDGER_DISK_FLOOR").flatMap(UInt64.init) ?? Limits.diskFloor
  }
}

extension Command {
  /// What moves the floor must pass it, or one set too high could never be taken back.
  fileprivate var setsDiskFloor: Bool {
    if case .setPolicy(name: "disk_floor", _) = action { true } else { false }
  }
}

extension Clerk where Source: ~Copyable, Snapshot == WriteTransaction {
  /// Decides a command and appends its group.
  mutating func carryOut(
    _ command: Command, now: Timestamp, _ scratch: inout AppendScratch
  ) throws -> Receipt {
    switch try decide(command, now: now) {
    case .group(let group, let key):
      let events = try log.append(
        group, key: key, by: command, at: now, to: &views, &scratch)
      return Receipt(events: events, isRepeated: false)
    case .already(let position):
      var events: [RecordedEvent] = []
      for position in try log.group(of: position) {
        if let event = try log.event(at: position) { events.append(event) }
      }
      return Receipt(events: events, isRepeated: true)
    }
  }
}

extension Books {
  /// Folds what the log has and the views lack; unless told to wait, not while a writer is at it.
  func catchUp(wait: Bool = false) throws(BooksError) {
    do {
      try gate.pass {
        if let poison { throw BooksError.poisoned(poison) }
        guard try lock.lock(.exclusive, wait: wait) else { return }
        defer { lock.unlock() }
        try storeViewsAtEnd()
      }
    } catch {
      throw BooksError(error)
    }
  }

  /// Brings the views that serve to the log's end. Under LOCK.
  func storeViewsAtEnd() throws {
    try openCurrentViews()
    let snapshot = try log.write()
    let views = try viewsAtEnd(of: snapshot)
    do throws(LMDBError) {
      try views.commit()
    } catch {
      // What cannot be written is not to be trusted either, and the log has all of it. A spoiled
      // page can make LMDB ask the system for anything, so the code says little.
      guard !error.isFull else { throw error }
      generation = try Books.rebuild(home, log)
    }
  }
}
