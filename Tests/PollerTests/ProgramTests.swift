// The poller as a process among others: killed, stopped, standing by; and the simulator as one.

import Foundation
import Glibc
import Ledger
import Posix
import Support
import Testing
import Wire

/// `ledgerd`, running.
final class Program {
  private let process = Process()
  private let output = Pipe()

  init(_ words: [String], _ environment: [String: String] = [:]) throws {
    let folder = FileSystem.parent(of: try Machine.executablePath()) ?? "."
    process.executableURL = URL(filePath: folder + "/ledgerd")
    process.arguments = words
    process.environment = environment
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// The next bytes of its output.
  func read() -> String {
    String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
  }

  /// Its exit code and all that is left of its output.
  func finish() -> (code: Int32, output: String) {
    let rest = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, rest)
  }
}

@Suite("The programs", .seeded) struct ProgramTests {
  private func poll(_ rig: Rig, _ words: String...) throws -> Program {
    var environment = rig.environment
    environment["LEDGER_DEV"] = "1"
    return try Program(["--home", rig.home.path, "poll"] + words, environment)
  }

  @Test("a poller killed in the middle is followed by the one that stood by; nothing is sent twice")
  func takeover() throws {
    let rig = try Rig(Outside(pace: "0.5-2"))
    for number in 1...20 { try rig.submit("j\(number)") }
    let first = try poll(rig)
    try rig.wait { rig.outside.posts > 3 }
    let second = try poll(rig)
    first.signal(SIGKILL)
    #expect(first.finish().code == SIGKILL)
    let ended: Set<JobState> = [.succeeded, .parked]
    try rig.wait { try (1...20).allSatisfy { try ended.contains(rig.state("j\($0)")) } }
    second.signal(SIGTERM)
    #expect(second.finish().code == 0)
    #expect(rig.outside.submittedTwice == [])
    for number in 1...20 where try rig.state("j\(number)") == .succeeded {
      #expect(try rig.count(.creditCaptured, of: "j\(number)") == 1)
    }
  }

  @Test("a job whose poller was killed before the answer came is found by the next one, sent once")
  func killedWhileSubmitting() throws {
    let rig = try Rig(Outside(faults: "submit/delay:1:60"))
    try rig.submit("j")
    let first = try poll(rig)
    try rig.wait { rig.outside.posts == 1 }
    first.signal(SIGKILL)
    _ = first.finish()
    #expect(try rig.state("j") == .dispatching)
    #expect(try poll(rig, "--drain", "--json").finish().code == 0)
    #expect(try rig.state("j") == .succeeded && rig.count(.jobDispatchUncertain, of: "j") == 1)
    #expect(rig.outside.posts == 1)
  }

  @Test("once and drain end with 75 beside an active poller; SIGINT ends with 130")
  func codes() throws {
    let rig = try Rig(Outside())
    let daemon = try poll(rig)
    try rig.wait {
      let head = try rig.books.read { $0.head }
      return try rig.books.read { try $0.log.event(at: head)?.event.type == .pollerStarted }
    }
    #expect(try poll(rig, "--once").finish().code == 75)
    #expect(try poll(rig, "--drain").finish().code == 75)
    daemon.signal(SIGINT)
    #expect(daemon.finish().code == 130)
    #expect(try poll(rig, "--drain").finish().code == 0)
  }

  @Test("the simulator names its address first and what it saw last; wrong words are refused")
  func simulate() throws {
    let first = try Program(["simulate", "--port", "0"])
    let line = first.read()
    let prefix = "listening on http://127.0.0.1:"
    #expect(line.hasPrefix(prefix))
    let port = line.dropFirst(prefix.count).prefix { $0.isNumber }
    #expect(try Program(["simulate", "--port", String(port)]).finish().code == 69)
    #expect(try Program(["simulate", "--fault", "nonsense"]).finish().code == 64)
    #expect(try Program(["simulate", "--pace", "1-2-3"]).finish().code == 64)
    #expect(try Program(["simulate", "--recording", "/nowhere"]).finish().code == 64)
    first.signal(SIGTERM)
    let end = first.finish()
    #expect(end.code == 0 && end.output.contains("\"submitted_twice\":[]"))
  }
}
