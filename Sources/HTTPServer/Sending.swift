// Handing replies to the library.

import CMicroHTTPD
import Glibc

enum Sending {
  /// Hands the reply to the library, which keeps its own copy of the body.
  static func send(_ reply: ServerReply, on conversation: Conversation) -> MHD_Result {
    let response = unsafe reply.body.withUnsafeBytes { body in
      // The library only reads what it is to copy, whatever its declaration says.
      unsafe MHD_create_response_from_buffer(
        body.count, UnsafeMutableRawPointer(mutating: body.baseAddress), .RESPMEM_MUST_COPY)
    }
    return unsafe queue(response, reply, on: conversation)
  }

  /// A reply whose bytes are asked for as the client takes them.
  /// - Parameter pieceBytes: asked of the stream at once.
  static func stream(
    _ head: ServerReply, on conversation: Conversation, pieceBytes: Int
  ) -> MHD_Result {
    let context = unsafe Unmanaged.passRetained(conversation.stream).toOpaque()
    // A body in chunks is read straight into the connection's own memory: it needs no buffer here.
    let bufferBytes = head.announcedBytes == nil ? 1 : pieceBytes
    let response = unsafe MHD_create_response_from_callback(
      head.announcedBytes.map { UInt64($0) } ?? mhd_size_unknown, bufferBytes,
      { context, _, buffer, count in
        let stream = unsafe Unmanaged<StreamState>.fromOpaque(context!).takeUnretainedValue()
        return unsafe stream.read(
          into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
      }, context,
      { context in unsafe Unmanaged<StreamState>.fromOpaque(context!).release() })
    if unsafe response == nil { unsafe Unmanaged<StreamState>.fromOpaque(context).release() }
    return unsafe queue(response, head, on: conversation)
  }

  /// Writes to the socket behind the library's back, and makes its closing a reset if asked to
  /// (socket(7), SO_LINGER).
  static func raw(_ bytes: [UInt8], resets: Bool, on conversation: Conversation) {
    let socket = unsafe mhd_connection_fd(conversation.connection)
    guard socket >= 0 else { return }
    _ = unsafe Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    guard resets else { return }
    var linger = linger(l_onoff: 1, l_linger: 0)
    _ = unsafe setsockopt(
      socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
  }

  private static func queue(
    _ response: OpaquePointer?, _ reply: ServerReply, on conversation: Conversation
  ) -> MHD_Result {
    guard let response = unsafe response else { return .NO }
    defer { unsafe MHD_destroy_response(response) }
    for (name, value) in reply.headers {
      // A field the library refuses (control characters) is left out.
      _ = unsafe MHD_add_response_header(response, name, value)
    }
    return unsafe MHD_queue_response(conversation.connection, UInt32(reply.status), response)
  }
}
