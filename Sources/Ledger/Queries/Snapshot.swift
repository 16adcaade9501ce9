// Reading the books: views and log as of one position. Everything shown to anybody comes from here.

package import LMDB

/// The books at one position. Answers hold no reference into it.
package struct Snapshot: ~Copyable {
  var views: Views<StoredRows<ReadTransaction>>
  package let log: LogSnapshot<ReadTransaction>
  /// What stories share (`Incidents/`).
  var memory = StoryMemory()

  init(
    views: consuming Views<StoredRows<ReadTransaction>>, log: consuming LogSnapshot<ReadTransaction>
  ) {
    self.views = views
    self.log = log
  }

  /// The position that every answer is as of.
  package var head: Position { views.position }

  package var totals: Totals { views.totals }

  /// Raised by each restore: a cursor of an older one may point at other events.
  package var incarnation: UInt64 {
    get throws(BooksError) { try log.meta().incarnation }
  }
}

extension Books {
  /// Reads at one position. Keep it short: a read transaction pins the pages it sees.
  /// - Throws: `BooksError`; whatever `body` throws is sorted into one.
  @available(*, noasync)
  package func read<Value>(_ body: (inout Snapshot) throws -> Value) throws -> Value {
    var snapshot = try snapshot()
    return try body(&snapshot)
  }

  /// The views before the log, so that the log is never behind what a view points to.
  private func snapshot() throws(BooksError) -> Snapshot {
    do {
      let serving = try serving()
      let views = try serving.generation.read()
      let log = try serving.log.read()
      if try log.end() == (views.position, views.hash) {
        return Snapshot(views: views, log: log)
      }
    } catch {
      throw BooksError(error)
    }
    // A writer is between its two commits, or died there: whoever gets the lock catches up.
    try catchUp()
    do {
      let serving = try serving()
      let views = try serving.generation.read()
      let log = try serving.log.read()
      guard try log.hash(at: views.position) == views.hash else {
        throw BooksError.busy("the views are being rebuilt from the log")
      }
      return Snapshot(views: views, log: log)
    } catch {
      throw BooksError(error)
    }
  }
}
