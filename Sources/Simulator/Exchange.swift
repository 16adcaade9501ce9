// One request on its way in and its answer on its way out. Lives on the HTTP library's thread.
import CMicroHTTPD
import Glibc

/// What the HTTP library remembers for us between two calls about one request.
final class Exchange {
  private let bodyBytesMax: Int
  private var body: [UInt8] = []
  private var bytesSeen = 0
  /// The answer, once it is decided.
  var answer: Answer?

  init(bodyBytesMax: Int) { self.bodyBytesMax = bodyBytesMax }

  var isCut: Bool { bytesSeen > bodyBytesMax }

  /// Takes a piece of the body; false when the client sends far more than it may and is not worth
  /// listening to any longer. A little more is read to its end, so that 413 can be answered.
  func take(_ bytes: UnsafeBufferPointer<CChar>) -> Bool {
    bytesSeen += bytes.count
    if isCut { body = [] } else { unsafe body.append(contentsOf: UnsafeRawBufferPointer(bytes)) }
    return bytesSeen <= 16 * bodyBytesMax
  }

  func request(_ connection: Connection, method: String, path: String) -> Request {
    Request(
      method: method, path: path,
      query: values(Request.queryNames, .GET_ARGUMENT_KIND, connection),
      headers: values(Request.headerNames, .HEADER_KIND, connection),
      body: body)
  }

  private func values(
    _ names: [String], _ kind: MHD_ValueKind, _ connection: Connection
  ) -> [String: String] {
    var values: [String: String] = [:]
    for name in names {
      if let value = unsafe MHD_lookup_connection_value(connection.handle, kind, name) {
        values[name] = unsafe String(cString: value)
      }
    }
    return values
  }

  /// Whether the client closed its end: nothing is left to read but the end itself.
  static func clientLeft(_ connection: Connection) -> Bool {
    let socket = unsafe mhd_connection_fd(connection.handle)
    guard socket >= 0 else { return true }
    var byte: UInt8 = 0
    let count = unsafe recv(socket, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
    return count == 0 || count < 0 && errno != EAGAIN && errno != EINTR
  }

  /// Writes to the socket behind the library's back, and makes its closing a reset if asked to
  /// (socket(7), SO_LINGER). For connections without TLS.
  static func sendRaw(_ bytes: [UInt8], on connection: Connection, resets: Bool) {
    let socket = unsafe mhd_connection_fd(connection.handle)
    guard socket >= 0 else { return }
    _ = unsafe Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    guard resets else { return }
    var linger = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  /// Hands the reply to the library, which keeps its own copy of the body, or the writer of one.
  static func send(
    _ reply: Reply, on connection: Connection, _ writer: BodyWriter?
  ) -> MHD_Result {
    var body = reply.body
    let made =
      if let writer {
        unsafe writer.response(announced: reply.announcedBytes)
      } else {
        unsafe MHD_create_response_from_buffer(body.count, &body, .RESPMEM_MUST_COPY)
      }
    guard let response = unsafe made else { return .NO }
    defer { unsafe MHD_destroy_response(response) }
    for (name, value) in reply.headers {
      // A header the library refuses (control characters) is left out.
      _ = unsafe MHD_add_response_header(response, name, value)
    }
    return unsafe MHD_queue_response(connection.handle, UInt32(reply.status), response)
  }
}
