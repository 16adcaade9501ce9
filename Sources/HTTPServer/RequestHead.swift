// What the library knows of a request's head, as Swift values.

import CMicroHTTPD
import Glibc

enum RequestHead {
  private final class Fields {
    var list: [(name: String, value: String)] = []
  }

  /// All header fields in order; the library's memory for a connection bounds their number.
  static func fields(of connection: OpaquePointer) -> [(name: String, value: String)] {
    let fields = Fields()
    let context = unsafe Unmanaged.passUnretained(fields).toOpaque()
    _ = unsafe MHD_get_connection_values(
      connection, .HEADER_KIND,
      { context, _, name, value in
        let fields = unsafe Unmanaged<Fields>.fromOpaque(context!).takeUnretainedValue()
        guard let name = unsafe name else { return .YES }
        let text = unsafe value.map { unsafe String(cString: $0) } ?? ""
        unsafe fields.list.append((String(cString: name), text))
        return .YES
      }, context)
    return fields.list
  }

  /// The client's address in figures (getnameinfo(3)).
  static func client(of connection: OpaquePointer) -> String {
    guard let address = unsafe mhd_client_address(connection) else { return "" }
    let size =
      unsafe address.pointee.sa_family == sa_family_t(AF_INET6)
      ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    // An address in figures with the name of its interface.
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { text in
      guard
        unsafe getnameinfo(
          address, socklen_t(size), text.baseAddress, socklen_t(text.count), nil, 0,
          NI_NUMERICHOST) == 0, let first = text.baseAddress
      else { return "" }
      return unsafe String(cString: first)
    }
  }
}
