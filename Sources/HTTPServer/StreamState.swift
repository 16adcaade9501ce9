// A streamed reply on its way: the source, what it gave and is not sent yet, and whether the
// connection sleeps.

import CMicroHTTPD
import Glibc
import Synchronization

/// One stream. Its connection's thread reads; any thread may wake.
///
/// `@unchecked Sendable`: `rest` and `source` belong to its connection's thread; what others touch
/// is behind the mutex.
@safe final class StreamState: @unchecked Sendable {
  private struct State {
    var isAsleep = false
    /// Somebody called while it was awake: it looks once more before it sleeps.
    var wasCalled = false
    var isOver = false
    /// It never sleeps again: the server ends.
    var isStopped = false
  }

  private let connection: OpaquePointer
  private let state = Mutex(State())
  private var rest: ArraySlice<UInt8> = []
  private var source: (any BodySource)?

  init(_ connection: OpaquePointer) { unsafe self.connection = connection }

  func begin(_ source: any BodySource) { self.source = source }

  /// MHD_ContentReaderCallback: up to `buffer.count` bytes; 0 with the connection asleep.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while rest.isEmpty {
      guard let source else { return mhd_end_of_stream }
      if state.withLock({ $0.isStopped }) { return mhd_end_with_error }
      switch source.next() {
      case .bytes(let bytes): rest = bytes[...]
      case .wait: if sleep() { return 0 }
      case .end: return mhd_end_of_stream
      case .abort: return mhd_end_with_error
      }
    }
    let piece = rest.prefix(buffer.count)
    unsafe buffer.copyBytes(from: piece)
    // An empty slice would keep the whole message for as long as the stream sleeps.
    rest = piece.count < rest.count ? rest.dropFirst(piece.count) : []
    return piece.count
  }

  /// False: somebody called meanwhile.
  private func sleep() -> Bool {
    state.withLock { state in
      if state.wasCalled || state.isStopped {
        state.wasCalled = false
        return false
      }
      unsafe MHD_suspend_connection(connection)
      state.isAsleep = true
      return true
    }
  }

  func wake() { wake(andStop: false) }

  /// Breaks the stream off at its next piece; no source is asked any more.
  func stop() { wake(andStop: true) }

  private func wake(andStop isStop: Bool) {
    state.withLock { state in
      if isStop { state.isStopped = true }
      guard !state.isOver else { return }
      guard state.isAsleep else { return state.wasCalled = true }
      state.isAsleep = false
      unsafe MHD_resume_connection(connection)
    }
  }

  /// Nothing is left to read from the client but the end itself.
  var clientLeft: Bool {
    state.withLock { state in
      // Once the library is done with the connection its memory must not be looked at.
      guard !state.isOver else { return true }
      let socket = unsafe mhd_connection_fd(connection)
      guard socket >= 0 else { return true }
      var byte: UInt8 = 0
      let count = unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
      return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
    }
  }

  /// The library is done with the connection's request.
  func close() {
    let isFirst = state.withLock { state in
      defer { state.isOver = true }
      return !state.isOver
    }
    guard isFirst else { return }
    source?.close()
    source = nil
  }
}
