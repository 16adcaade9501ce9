// A body that is made while it is sent, on its way into the HTTP library.
import CMicroHTTPD
import Glibc

/// Feeds one reply's source to the library. Lives on the library's thread, from the reply's
/// beginning to the end of its connection.
final class BodyWriter {
  private var source: any BodySource
  private let connection: Connection
  private let door: Door
  private let engine: Engine
  private let waiters: Waiters
  private var buffer: [UInt8] = []
  private var sent = 0

  init(
    _ source: any BodySource, to connection: Connection, at door: Door, _ engine: Engine,
    _ waiters: Waiters
  ) {
    self.source = source
    self.connection = connection
    self.door = door
    self.engine = engine
    self.waiters = waiters
  }

  /// Bytes written to `memory`; 0 after suspending the connection; one of the library's two
  /// negative words at the end (libmicrohttpd manual, MHD_ContentReaderCallback).
  private func write(to memory: UnsafeMutableRawBufferPointer) -> Int {
    while sent == buffer.count {
      switch engine.step(at: door, &source) {
      case .bytes(let bytes):
        buffer = bytes
        sent = 0
      case .end: return mhd_end_of_stream
      case .cut: return mhd_end_with_error
      case .wait(let moment):
        if Exchange.clientLeft(connection) || waiters.isStopped { return mhd_end_with_error }
        unsafe MHD_suspend_connection(connection.handle)
        waiters.add(connection, until: moment)
        return 0
      }
    }
    let count = min(memory.count, buffer.count - sent)
    unsafe memory.copyBytes(from: buffer[sent..<sent + count])
    sent += count
    return count
  }

  /// A response of the library that owns this writer; nil when there is no memory.
  func response(announced: Int?) -> OpaquePointer? {
    let context = unsafe Unmanaged.passRetained(self).toOpaque()
    let size = announced.map { UInt64($0) } ?? mhd_size_unknown
    return unsafe MHD_create_response_from_callback(
      size, 32 << 10,
      { context, _, memory, size in
        let writer = unsafe Unmanaged<BodyWriter>.fromOpaque(context!).takeUnretainedValue()
        return unsafe writer.write(
          to: UnsafeMutableRawBufferPointer(start: memory, count: size))
      }, context,
      { context in unsafe Unmanaged<BodyWriter>.fromOpaque(context!).release() })
  }
}
