// What the service manager sees: messages, sockets that it passes on, units that it takes.

import Foundation
import Glibc
import Posix
import Support
import Testing
import Wire

/// A service manager's socket (sd_notify(3)).
private final class ManagerSocket {
  private let descriptor: Int32
  private(set) var heard: [String] = []

  /// - Parameter address: a path, or a name of the abstract namespace that begins with `@`.
  init(_ address: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var name = sockaddr_un()
    name.sun_family = sa_family_t(AF_UNIX)
    var path = Array(address.utf8)
    if path[0] == UInt8(ascii: "@") { path[0] = 0 }
    withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path) }
    let size = socklen_t(MemoryLayout<sa_family_t>.size + path.count)
    let code = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, size) }
    }
    if code != 0 { throw PosixError("bind", address) }
  }

  deinit { close(descriptor) }

  /// Listens until `condition`, at most for half a minute.
  func hear(until condition: ([String]) -> Bool) -> Bool {
    while !condition(heard) {
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, 30_000) == 1 else { return false }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &bytes, bytes.count, 0)
      heard.append(String(decoding: bytes.prefix(max(0, count)), as: UTF8.self))
    }
    return true
  }

  /// Messages with this line.
  func count(of line: String) -> Int {
    heard.filter { $0.split(separator: "\n").contains { $0 == line } }.count
  }
}

@Suite("The service manager") struct SupervisionTests {
  private static let folder =
    (#filePath.split(separator: "/").dropLast(3) + ["tools", "systemd"])
    .reduce(into: "") { $0 += "/" + $1 }
  private static let hasAnalyze = FileManager.default.isExecutableFile(
    atPath: "/usr/bin/systemd-analyze")

  @Test(
    "it is told that we are ready, that we live, and that we end",
    arguments: [["serve", "--poll", "--listen", "127.0.0.1:0"], ["poll"]], [true, false])
  func messages(_ words: [String], _ isAbstract: Bool) throws {
    let home = try CommandHome()
    let address = isAbstract ? "@\(home.directory)" : home.directory + "/notify"
    let manager = try ManagerSocket(address)
    let program = try Binary.ledgerd.start(
      words,
      environment: home.environment.merging(
        ["NOTIFY_SOCKET": address, "WATCHDOG_USEC": "100000"]) { _, new in new })
    #expect(manager.hear { $0.count >= 1 })
    #expect(manager.heard[0].hasPrefix("READY=1\nSTATUS="))
    #expect(manager.hear { $0.filter { $0 == "WATCHDOG=1" }.count >= 3 })
    program.signal(SIGTERM)
    #expect(manager.hear { $0.contains { $0.hasPrefix("STOPPING=1") } })
    #expect(program.wait().status == 0)
    #expect(manager.count(of: "READY=1") == 1 && manager.count(of: "STOPPING=1") == 1)
  }

  @Test("signs of life are for the process that the manager started, and an odd socket is nobody's")
  func others() throws {
    let home = try CommandHome()
    let manager = try ManagerSocket(home.directory + "/notify")
    let program = try Binary.ledgerd.start(
      ["poll"],
      environment: home.environment.merging([
        "NOTIFY_SOCKET": home.directory + "/notify", "WATCHDOG_USEC": "1000",
        "WATCHDOG_PID": "1",
      ]) { _, new in new })
    #expect(manager.hear { $0.count >= 1 })
    program.signal(SIGTERM)
    #expect(manager.hear { $0.contains { $0.hasPrefix("STOPPING=1") } })
    #expect(program.wait().status == 0 && manager.count(of: "WATCHDOG=1") == 0)
    for address in ["", "@", "relative", "vsock:2:1", "/" + String(repeating: "x", count: 200)] {
      #expect(ServiceManager { $0 == "NOTIFY_SOCKET" ? address : nil } == nil)
    }
  }

  /// Listens as a service manager does, and becomes the program.
  private static let passOn = """
    import os, socket, sys
    s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(16)
    os.dup2(s.fileno(), 3); os.set_inheritable(3, True)
    os.environ["LISTEN_PID"] = str(os.getpid()); os.environ["LISTEN_FDS"] = "1"
    os.execv(sys.argv[1], sys.argv[1:])
    """

  @Test("a socket that it passes on is listened on, whatever the options say")
  func activation() throws {
    let house = try ServedHome(["--poll"], launcher: ["python3", "-c", SupervisionTests.passOn])
    #expect(try house.get("/livez").status == 200)
    house.server.signal(SIGTERM)
    #expect(house.server.wait().status == 0)
  }

  /// The units as they would be installed, with a program that is there.
  private func units(_ directory: String) throws -> [String] {
    try FileSystem.list(SupervisionTests.folder).filter { !$0.hasSuffix(".sysusers") }.map { name in
      let text = try String(contentsOfFile: SupervisionTests.folder + "/" + name, encoding: .utf8)
      let path = directory + "/" + name
      let own = text.replacingOccurrences(of: "/usr/bin/ledger", with: Binary.ledger.path)
      try FileSystem.replace(path, with: Array(own.utf8))
      return path
    }
  }

  private func run(_ words: [String]) throws -> (status: Int32, said: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let said = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, said)
  }

  @Test(
    "it takes the units without a word, and finds them well locked in",
    .enabled(if: hasAnalyze, "systemd-analyze is not installed: run tools/setup --tests"))
  func unitFiles() throws {
    let home = try CommandHome()
    let paths = try units(home.directory)
    #expect(paths.count == 3)
    let verified = try run(["/usr/bin/systemd-analyze", "--man=no", "verify"] + paths)
    #expect(verified.status == 0 && verified.said.isEmpty, "\(verified.said)")
    for path in paths where path.hasSuffix(".service") {
      let judged = try run([
        "/usr/bin/systemd-analyze", "security", "--offline=true", "--threshold=30", path,
      ])
      #expect(judged.status == 0, "\(judged.said)")
    }
  }

  /// PR_SET_MDWE (prctl(2), Linux 6.3) is what `MemoryDenyWriteExecute=` asks for.
  private static let lockMemory = """
    import ctypes, os, sys
    if ctypes.CDLL(None).prctl(65, 1, 0, 0, 0) != 0: print("not here", file=sys.stderr)
    os.execv(sys.argv[1], sys.argv[1:])
    """

  @Test("it works where no memory may be both written and run")
  func lockedMemory() throws {
    let house = try ServedHome(
      ["--poll"], launcher: ["python3", "-c", SupervisionTests.lockMemory])
    #expect(try house.get("/readyz", until: 200).status == 200)
    house.server.signal(SIGTERM)
    #expect(house.server.wait().status == 0)
  }
}
