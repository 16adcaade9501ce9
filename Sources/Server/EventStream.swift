// One client's stream of events (INTERFACES, "SSE"): snapshot, every event once and in order, the
// end. It holds a cursor and the few messages that its client has not taken, so one that does not
// read costs little, and one that reconnects goes on exactly where it was.

import HTTPServer
import Ledger
import Posix
import Synchronization
import Wire

/// Follows one job, or all that a principal may see.
final class EventStream: BodySource, Follower, Sendable {
  private struct State {
    var cursor: Position
    /// What is to be sent before any event.
    var opening: [UInt8]
    /// Live lines that were heard and not sent yet.
    var heard: [UInt8] = []
    var hasEnded = false
    var sentAt: Int64
  }

  /// Messages taken at once: what a client costs that does not read.
  private static let framesAtOnce = 64
  /// Live lines kept for a client that reads slowly, bytes; beyond, new ones are left out.
  private static let heardBytesMax = 64 << 10

  let job: SubjectNumber?
  let jobID: String?
  private let service: Service
  private let principal: Principal
  private let filter: EventFilter
  private let waking: Waking
  private let state: Mutex<State>

  /// - Parameters:
  ///   - cursor: only events after it are sent.
  ///   - opening: sent first.
  ///   - isOver: nothing follows it.
  init(
    _ service: Service, _ principal: Principal, job: SubjectNumber?, filter: EventFilter,
    after cursor: Position, opening: [UInt8], isOver: Bool, _ waking: Waking
  ) {
    self.service = service
    self.principal = principal
    self.job = job
    self.filter = filter
    jobID = filter.job
    self.waking = waking
    state = Mutex(
      State(
        cursor: cursor, opening: opening, hasEnded: isOver, sentAt: Clock.bootMicroseconds()))
    service.followers.add(self)
  }

  func notice() { waking.wake() }

  func hear(_ line: LiveLine) {
    let message = Frame.message("live", id: nil, data: line.json)
    state.withLock { state in
      if state.heard.count + message.count <= EventStream.heardBytesMax { state.heard += message }
    }
  }

  func close() { service.followers.remove(self) }

  func next() -> BodyPiece {
    state.withLock { state in
      guard !state.hasEnded || !state.opening.isEmpty else { return .end }
      var bytes = state.opening
      state.opening = []
      if bytes.isEmpty {
        bytes = state.heard
        state.heard = []
      }
      if bytes.isEmpty, service.isEnding {
        state.hasEnded = true
        return .bytes(Frame.farewell)
      }
      do {
        while bytes.isEmpty, state.cursor < service.followers.head, !state.hasEnded {
          try advance(&state, &bytes)
        }
      } catch {
        // The client learns that something is missing, and comes again.
        service.note("a stream was broken off: \(error)")
        return .abort
      }
      let now = Clock.bootMicroseconds()
      let isQuiet = Double(now - state.sentAt) >= service.options.heartbeatSeconds * 1e6 * 0.9
      if bytes.isEmpty, isQuiet { bytes = Frame.heartbeat }
      guard !bytes.isEmpty else { return state.hasEnded ? .end : .wait }
      state.sentAt = now
      return .bytes(bytes)
    }
  }

  /// Takes the next few messages.
  private func advance(_ state: inout State, _ bytes: inout [UInt8]) throws {
    let after = state.cursor
    let known = service.followers.frames(after: after, limit: EventStream.framesAtOnce)
    let frames = try known ?? read(after: after, &state)
    for frame in frames {
      state.cursor = frame.position
      guard isMeant(frame) else { continue }
      // One message for thousands of streams is the same bytes for all of them.
      if bytes.isEmpty { bytes = frame.bytes } else { bytes += frame.bytes }
      guard job != nil, frame.endsJob else { continue }
      bytes += try ending(at: frame.position)
      state.hasEnded = true
      return
    }
  }

  /// Behind what is remembered: from the log, where one job's events are found by their chain.
  private func read(after: Position, _ state: inout State) throws -> ArraySlice<Frame> {
    let (filter, framesAtOnce) = (filter, EventStream.framesAtOnce)
    let (frames, through) = try service.books.read { snapshot in
      guard filter.job != nil else {
        let frames = try Followers.page(after: after, limit: framesAtOnce, &snapshot).frames
        return (frames, frames.last?.position ?? after)
      }
      let page = try snapshot.page(after: after, filter, limit: framesAtOnce)
      var frames = try page.events.map { try Frame($0, &snapshot) }
      if let last = frames.last, try EventStream.isOver(last, &snapshot) {
        frames[frames.count - 1] = last.ending()
      }
      return (frames, page.after)
    }
    if frames.isEmpty { state.cursor = max(state.cursor, through) }
    return frames[...]
  }

  private static func isOver(_ frame: Frame, _ snapshot: inout Snapshot) throws -> Bool {
    guard let job = try snapshot.job(frame.subject), job.state.isTerminal, !job.isSaving else {
      return false
    }
    return try snapshot.subject(frame.subject)?.last == frame.position
  }

  private func isMeant(_ frame: Frame) -> Bool {
    if let job, frame.subject != job { return false }
    if !filter.types.isEmpty, !filter.types.contains(frame.type) { return false }
    if let account = filter.selector.account, frame.account != account { return false }
    return principal.seesAll || frame.account.map(principal.sees(account:)) ?? false
  }

  /// The last message: the job as it is then.
  private func ending(at position: Position) throws -> [UInt8] {
    let now = service.now
    let status = try service.books.read { snapshot in
      try job.flatMap { try snapshot.status($0, now: now)?.json }
    }
    return Frame.message("end", id: position, data: status ?? .null)
  }
}
