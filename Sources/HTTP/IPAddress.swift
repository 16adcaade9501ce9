// An IP address as a number, so that ranges are shifts and comparisons, spelled once.

import Glibc

/// An IPv4 or IPv6 address in host byte order, as the kernel would be told it: whatever spelling
/// a URL used is gone by now.
package enum IPAddress: Sendable, Hashable {
  case v4(UInt32)
  case v6(UInt128)

  /// Reads the bytes of a `sockaddr_in` or `sockaddr_in6` (ip(7), ipv6(7)); nil for any other
  /// family and for too few bytes.
  package init?(socketAddress bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= MemoryLayout<sa_family_t>.size else { return nil }
    let family = Int32(unsafe bytes.loadUnaligned(as: sa_family_t.self))
    switch family {
    case AF_INET:
      guard bytes.count >= MemoryLayout<sockaddr_in>.size else { return nil }
      self = unsafe .v4(IPAddress.number(bytes, at: 4))
    case AF_INET6:
      guard bytes.count >= MemoryLayout<sockaddr_in6>.size else { return nil }
      self = unsafe .v6(IPAddress.number(bytes, at: 8))
    default:
      return nil
    }
  }

  /// Reads a URL's host as libcurl returns it: four decimals, or IPv6 in brackets; nil for names.
  package init?(host: String) {
    if host.hasPrefix("["), host.hasSuffix("]") {
      var address = in6_addr()
      guard unsafe inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address) == 1 else {
        return nil
      }
      self = .v6(unsafe withUnsafeBytes(of: &address) { unsafe IPAddress.number($0, at: 0) })
    } else {
      var address = in_addr()
      guard unsafe inet_pton(AF_INET, host, &address) == 1 else { return nil }
      self = .v4(UInt32(bigEndian: address.s_addr))
    }
  }

  /// `sin_addr` lies 4 bytes into `sockaddr_in`, `sin6_addr` 8 bytes into `sockaddr_in6`; both are
  /// big-endian.
  private static func number<Number: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) -> Number {
    Number(bigEndian: unsafe bytes.loadUnaligned(fromByteOffset: offset, as: Number.self))
  }
}
