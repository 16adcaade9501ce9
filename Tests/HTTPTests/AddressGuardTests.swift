// The pure half: numbers in, yes or no out. The spellings are read by the C library, which accepts
// everything that a browser, a proxy or an attacker would write.

import Glibc
import Testing

@testable import HTTP

@Suite("Address guard")
struct AddressGuardTests {
  /// The `sockaddr` that getaddrinfo(3) makes of a numeric host.
  static func socketAddress(_ host: String) throws -> [UInt8] {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "443", &hints, &list)
    defer { if let list { freeaddrinfo(list) } }
    let first = try #require(list, "\(host): \(String(cString: gai_strerror(code)))")
    return Array(
      UnsafeRawBufferPointer(start: first.pointee.ai_addr, count: Int(first.pointee.ai_addrlen)))
  }

  static func isInternal(_ host: String) throws -> Bool {
    try socketAddress(host).withUnsafeBytes { AddressGuard.isInternal(socketAddress: $0) }
  }

  static let internalHosts = [
    // loopback, in every spelling
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "2130706433", "0x7f000001", "0x7f.1",
    "0177.0.0.1", "0177.0.0.01", "017700000001", "0x7f.0x0.0x0.0x1", "::1", "0:0:0:0:0:0:0:1",
    "::ffff:127.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::127.0.0.1",
    "64:ff9b::7f00:1", "2002:7f00:1::", "2002:7f00:0001::1",
    // unspecified and this network
    "0", "0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "2002::",
    // private
    "10.0.0.1", "10.255.255.255", "012.0.0.1", "167772161", "172.16.0.1", "172.31.255.255",
    "0xac100001", "192.168.0.1", "192.168.255.255", "3232235521", "::ffff:10.0.0.1",
    "::ffff:192.168.1.1", "64:ff9b::10.0.0.1", "2002:a00:1::1", "2002:c0a8:101::",
    // link-local, metadata, carrier-grade NAT
    "169.254.0.1", "169.254.169.254", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376",
    "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::", "fe80::1", "febf::1",
    "fd00:ec2::254", "168.63.129.16", "100.64.0.1", "100.127.255.255", "100.100.100.200",
    "192.0.0.192",
    // unique local, site-local, multicast, broadcast, reserved
    "fc00::1", "fdff:ffff::1", "fec0::1", "224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1",
    "255.255.255.255", "240.0.0.1", "192.88.99.1",
    // documentation and benchmarking
    "192.0.2.1", "198.51.100.1", "203.0.113.1", "198.18.0.1", "198.19.255.255", "2001:db8::1",
    "3fff::1", "3fff:fff::1",
    // protocol assignments, Teredo, ORCHID, discard, local NAT64, segment routing, unassigned
    "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:2::1", "2001:10::1", "2001:20::1",
    "100::1", "64:ff9b:1::1", "64:ff9b:1::808:808", "5f00::1", "4000::1", "::8.8.8.8", "8000::",
  ]

  @Test("an internal address is refused in every spelling", arguments: internalHosts)
  func internalAddress(_ host: String) throws { #expect(try Self.isInternal(host)) }

  @Test(
    "a public address is let through",
    arguments: [
      "1.1.1.1", "8.8.8.8", "0x08080808", "9.255.255.255", "11.0.0.0", "100.63.255.255",
      "100.128.0.0", "126.255.255.255", "128.0.0.1", "168.63.129.15", "169.253.255.255",
      "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.167.255.255",
      "192.169.0.0", "198.17.255.255", "198.20.0.0", "203.0.114.0", "223.255.255.255",
      "2606:4700:4700::1111", "2a00:1450:4001::1", "2001:4860:4860::8888", "2001:200::1",
      "2001:db7::1", "3ffe::1", "3fff:1000::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
      "2002:808:808::1",
    ])
  func publicAddress(_ host: String) throws { #expect(try !Self.isInternal(host)) }

  @Test("the development switch lets loopback through and nothing else", arguments: internalHosts)
  func loopbackSwitch(_ host: String) throws {
    let bytes = try Self.socketAddress(host)
    let address = try #require(bytes.withUnsafeBytes { IPAddress(socketAddress: $0) })
    let isLoopback =
      switch address {
      case .v4(let number): number >> 24 == 127
      case .v6(let number):
        number == 1 || number >> 32 == 0xFFFF && UInt8(number >> 24 & 255) == 127
      }
    #expect(AddressGuard(allowLoopback: true).refuses(address) == !isLoopback)
  }

  @Test("what cannot be read is refused")
  func unreadable() throws {
    let whole = try Self.socketAddress("8.8.8.8")
    for length in 0..<whole.count {
      #expect(whole[..<length].withUnsafeBytes { AddressGuard.isInternal(socketAddress: $0) })
    }
    let v6 = try Self.socketAddress("2606:4700:4700::1111")
    #expect(v6.dropLast().withUnsafeBytes { AddressGuard.isInternal(socketAddress: $0) })
    var unix = [UInt8](repeating: 0, count: 110)
    unix[0] = UInt8(AF_UNIX)
    #expect(unix.withUnsafeBytes { AddressGuard.isInternal(socketAddress: $0) })
  }

  @Test("a URL's host is judged by itself where only a proxy would see its address")
  func hosts() {
    let guardian = AddressGuard()
    for host in [
      "127.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "localhost", "LOCALHOST", "a.localhost",
    ] {
      #expect(guardian.refuses(host: host), "\(host)")
    }
    for host in ["8.8.8.8", "[2606:4700::1]", "example.com", "notlocalhost", "[junk]", ""] {
      #expect(!guardian.refuses(host: host), "\(host)")
    }
    #expect(!AddressGuard(allowLoopback: true).refuses(host: "localhost"))
  }
}
