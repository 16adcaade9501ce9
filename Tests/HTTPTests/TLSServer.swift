// A TLS server that is nobody's imitation: OpenSSL's own, with a certificate made on the spot.

import Glibc

/// `openssl s_server -www` on loopback, ended with the value.
final class TLSServer {
  let port: UInt16
  /// The self-signed certificate for `localhost` and 127.0.0.1, PEM.
  let certificate: String
  private let directory: String
  private let process: pid_t

  init() throws {
    var template = Array("/tmp/ledger-tls-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Unavailable(reason: "no temporary directory") }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    certificate = directory + "/certificate.pem"
    let key = directory + "/key.pem"
    let (maker, _) = try TLSServer.spawn([
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
      key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost", "-addext",
      "subjectAltName=DNS:localhost,IP:127.0.0.1",
    ])
    var status: Int32 = 0
    waitpid(maker, &status, 0)
    guard status == 0 else { throw Unavailable(reason: "no certificate") }
    let output: Int32
    (process, output) = try TLSServer.spawn([
      "s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www",
    ])
    defer { close(output) }
    port = try TLSServer.announcedPort(output)
  }

  deinit {
    kill(process, SIGKILL)  // SIGTERM may be blocked in the thread that spawned it
    var status: Int32 = 0
    waitpid(process, &status, 0)
    for name in ["certificate.pem", "key.pem"] { unlink("\(directory)/\(name)") }
    rmdir(directory)
  }

  struct Unavailable: Error { var reason: String }

  /// The server says `ACCEPT 127.0.0.1:PORT` once it listens.
  private static func announcedPort(_ output: Int32) throws -> UInt16 {
    var text = ""
    var byte: UInt8 = 0
    while read(output, &byte, 1) == 1 {
      guard byte == 0x0A else {
        text.unicodeScalars.append(UnicodeScalar(byte))
        continue
      }
      if text.hasPrefix("ACCEPT "), let port = UInt16(text.split(separator: ":").last ?? "") {
        return port
      }
      text = ""
    }
    throw Unavailable(reason: "openssl s_server did not start")
  }

  /// Runs `openssl`; its standard output is the descriptor, its other output is discarded.
  private static func spawn(_ arguments: [String]) throws -> (pid_t, Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Unavailable(reason: "no pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    // A connection of another test, kept open here, would hide its end from that test.
    for other in 3..<Int32(1024) { posix_spawn_file_actions_addclose(&actions, other) }
    defer { posix_spawn_file_actions_destroy(&actions) }
    var words = (["openssl"] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process: pid_t = 0
    guard posix_spawnp(&process, "openssl", &actions, nil, &words, environ) == 0 else {
      close(ends[0])
      throw Unavailable(reason: "openssl is not installed")
    }
    return (process, ends[0])
  }
}
