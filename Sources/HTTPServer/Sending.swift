// Handing replies to the library.

import CMicroHTTPD

enum Sending {
  /// Bytes asked of a stream at once.
  private static let pieceBytes = 1 << 10

  /// Hands the reply to the library, which keeps its own copy of the body.
  static func send(_ reply: ServerReply, on conversation: Conversation) -> MHD_Result {
    var body = reply.body
    let response = unsafe MHD_create_response_from_buffer(body.count, &body, .RESPMEM_MUST_COPY)
    return unsafe queue(response, reply, on: conversation)
  }

  /// A reply whose bytes are asked for as the client takes them.
  static func stream(_ head: ServerReply, on conversation: Conversation) -> MHD_Result {
    let context = unsafe Unmanaged.passRetained(conversation.stream).toOpaque()
    let response = unsafe MHD_create_response_from_callback(
      UInt64.max, pieceBytes,  // MHD_SIZE_UNKNOWN
      { context, _, buffer, count in
        let stream = unsafe Unmanaged<StreamState>.fromOpaque(context!).takeUnretainedValue()
        return unsafe stream.read(
          into: UnsafeMutableRawBufferPointer(start: buffer, count: count))
      }, context,
      { context in unsafe Unmanaged<StreamState>.fromOpaque(context!).release() })
    if unsafe response == nil { unsafe Unmanaged<StreamState>.fromOpaque(context).release() }
    return unsafe queue(response, head, on: conversation)
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
