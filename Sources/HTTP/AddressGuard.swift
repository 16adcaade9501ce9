// Which addresses an outgoing request may reach. Judged at connect, when every spelling, DNS answer
// and rebinding has become one number (server-side request forgery, CWE-918).

/// Refuses addresses that are not on the public internet.
package struct AddressGuard: Sendable, Equatable {
  /// Development and tests: 127.0.0.0/8, ::1 and its mapped form are let through. Nothing else.
  package var allowLoopback: Bool

  package init(allowLoopback: Bool = false) { self.allowLoopback = allowLoopback }

  /// Whether a socket to this `sockaddr` must not be opened. What cannot be read is refused.
  package func refuses(socketAddress bytes: UnsafeRawBufferPointer) -> Bool {
    guard let address = unsafe IPAddress(socketAddress: bytes) else { return true }
    return refuses(address)
  }

  /// Whether a socket to this address must not be opened.
  package func refuses(_ address: IPAddress) -> Bool {
    if allowLoopback && AddressGuard.isLoopback(address) { return false }
    return AddressGuard.isInternal(address)
  }

  /// Whether a URL's host is a refused address by itself, or `localhost` (RFC 6761 §6.3). A name
  /// says nothing here: only its address does, at connect.
  package func refuses(host: String) -> Bool {
    if let address = IPAddress(host: host) { return refuses(address) }
    let name = host.lowercased()
    let isLocal = ["localhost", "localhost."].contains { name == $0 || name.hasSuffix("." + $0) }
    return isLocal && !allowLoopback
  }

  /// Whether this `sockaddr` names no public unicast host; true for what cannot be read.
  package static func isInternal(socketAddress bytes: UnsafeRawBufferPointer) -> Bool {
    guard let address = unsafe IPAddress(socketAddress: bytes) else { return true }
    return isInternal(address)
  }

  /// Whether this address names no public unicast host.
  package static func isInternal(_ address: IPAddress) -> Bool {
    switch address {
    case .v4(let number): isInternal(v4: number)
    case .v6(let number): isInternal(v6: number)
    }
  }

  static func isLoopback(_ address: IPAddress) -> Bool {
    switch address {
    case .v4(let number): number >> 24 == 127
    case .v6(let number): number == 1 || number >> 24 == 0xFFFF_7F
    }
  }

  /// IANA IPv4 Special-Purpose Address Registry (RFC 6890 and its updates), every block that is not
  /// globally reachable, and the metadata service that stands outside all of them.
  private static let internalV4: [(network: UInt32, bits: UInt32)] = [
    (0x0000_0000, 8),  // 0.0.0.0/8 this host, this network (reaches loopback on Linux)
    (0x0A00_0000, 8),  // 10.0.0.0/8 private, RFC 1918
    (0x6440_0000, 10),  // 100.64.0.0/10 carrier-grade NAT, RFC 6598; a cloud's metadata
    (0x7F00_0000, 8),  // 127.0.0.0/8 loopback
    (0xA83F_8110, 32),  // 168.63.129.16 Azure's platform address, in public space
    (0xA9FE_0000, 16),  // 169.254.0.0/16 link-local; the clouds' metadata
    (0xAC10_0000, 12),  // 172.16.0.0/12 private
    (0xC000_0000, 24),  // 192.0.0.0/24 IETF protocol assignments; a cloud's metadata
    (0xC000_0200, 24),  // 192.0.2.0/24 documentation, RFC 5737
    (0xC058_6300, 24),  // 192.88.99.0/24 6to4 relays, RFC 7526
    (0xC0A8_0000, 16),  // 192.168.0.0/16 private
    (0xC612_0000, 15),  // 198.18.0.0/15 benchmarking, RFC 2544
    (0xC633_6400, 24),  // 198.51.100.0/24 documentation
    (0xCB00_7100, 24),  // 203.0.113.0/24 documentation
    (0xE000_0000, 4),  // 224.0.0.0/4 multicast
    (0xF000_0000, 4),  // 240.0.0.0/4 reserved; 255.255.255.255 broadcast
  ]

  private static func isInternal(v4 number: UInt32) -> Bool {
    internalV4.contains { (number ^ $0.network) >> (32 - $0.bits) == 0 }
  }

  /// Only 2000::/3 is global unicast (RFC 4291 §2.4), so all else is refused at once: loopback,
  /// unspecified, v4-compatible, ULA, link-local, site-local, multicast, discard, local NAT64.
  /// Addresses that carry an IPv4 address are what that address is.
  private static func isInternal(v6 number: UInt128) -> Bool {
    if number >> 32 == 0xFFFF {  // ::ffff:0:0/96 v4-mapped
      return isInternal(v4: UInt32(truncatingIfNeeded: number))
    }
    if number >> 32 == 0x0064_FF9B << 64 {  // 64:ff9b::/96 NAT64, RFC 6052
      return isInternal(v4: UInt32(truncatingIfNeeded: number))
    }
    guard number >> 125 == 0b001 else { return true }
    switch UInt16(truncatingIfNeeded: number >> 112) {
    case 0x2001:
      // 2001::/23 IETF protocol assignments (Teredo among them), 2001:db8::/32 documentation.
      let next = UInt16(truncatingIfNeeded: number >> 96)
      return next < 0x0200 || next == 0x0DB8
    case 0x2002:  // 2002::/16 6to4: the IPv4 address follows, RFC 3056
      return isInternal(v4: UInt32(truncatingIfNeeded: number >> 80))
    case 0x3FFF:  // 3fff::/20 documentation, RFC 9637
      return UInt16(truncatingIfNeeded: number >> 96) < 0x1000
    default:
      return false
    }
  }
}
