// The poller's smaller parts: clock, secrets, traffic, addresses.

import Glibc
import Ledger
import Poller
import Posix
import Support
import Synchronization
import Testing
import Wire

@Suite("The poller's parts") struct PartsTests {
  private final class Clocks: Sendable {
    let wall = Atomic<Int64>(1_000_000_000_000)
    let boot = Atomic<Int64>(5_000_000)

    var clock: PollClock {
      PollClock(
        wall: { Timestamp(microseconds: self.wall.load(ordering: .relaxed)) },
        boot: { self.boot.load(ordering: .relaxed) })
    }

    func pass(wallSeconds: Int64, bootSeconds: Int64) {
      wall.add(wallSeconds * 1_000_000, ordering: .relaxed)
      boot.add(bootSeconds * 1_000_000, ordering: .relaxed)
    }
  }

  @Test(
    "a wall clock that is set ends no hold early, and never stops the polls",
    arguments: [
      (wall: 90, boot: 90, wasSet: false, passed: 90.0, ending: 90.0),
      (3600, 3600, false, 3600, 3600), (150, 91, false, 150, 91), (152, 91, true, 152, 91),
      (-3600, 10, true, 10, -3600), (86_400, 1, true, 86_400, 1),
      (0, 59, false, 59, 0), (0, 61, true, 61, 0),
    ])
  func clock(wall: Int64, boot: Int64, wasSet: Bool, passed: Double, ending: Double) {
    let clocks = Clocks()
    let clock = clocks.clock
    let start = clock.now
    clocks.pass(wallSeconds: wall, bootSeconds: boot)
    #expect(clock.wasSet == wasSet)
    #expect(clock.now.seconds(since: start) == passed)
    #expect(clock.ending.seconds(since: start) == ending)
  }

  private func withDirectory(_ body: (String) throws -> Void) throws {
    let path = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-secrets-test-")
    defer { try? FileSystem.removeTree(path) }
    try body(path)
  }

  @Test("the environment comes first, then the provider's file")
  func secrets() throws {
    try withDirectory { path in
      try FileSystem.replace(path + "/replicate", with: Array("from-file\n".utf8), mode: 0o600)
      try FileSystem.replace(
        path + "/pair", with: Array("A=one\nB=two=2\n".utf8), mode: 0o600)
      let bare = Secrets(directory: path) { _ in nil }
      #expect(try bare.values(of: ["TOKEN"], provider: "replicate") == ["TOKEN": "from-file"])
      #expect(try bare.values(of: ["A", "B"], provider: "pair") == ["A": "one", "B": "two=2"])
      #expect(try bare.values(of: ["TOKEN"], provider: "nobody") == [:])
      let set = Secrets(directory: path) { $0 == "TOKEN" ? "from-environment" : nil }
      #expect(
        try set.values(of: ["TOKEN"], provider: "replicate") == ["TOKEN": "from-environment"])
    }
  }

  @Test(
    "a file is one bare value, the first name's, or lines NAME=VALUE",
    arguments: [
      ("whsec_AbC=\n", ["A": "whsec_AbC="]), ("B=two\n", ["B": "two"]),
      ("A=x=\r\n\n B=no\nB=1\nB=2", ["A": "x=", "B": "2"]), ("\n\n", [:]), ("a\nb\n", [:]),
      ("OTHER=x\n", [:]),
    ] as [(String, [String: String])])
  func secretLines(_ text: String, _ expected: [String: String]) throws {
    try withDirectory { path in
      try FileSystem.replace(path + "/p", with: Array(text.utf8), mode: 0o600)
      let secrets = Secrets(directory: path) { _ in nil }
      #expect(try secrets.values(of: ["A", "B"], provider: "p") == expected)
    }
  }

  @Test(
    "a secret file that others can read is refused, without its contents",
    arguments: [
      0o644, 0o640, 0o660, 0o604, 0o700,
    ] as [mode_t])
  func mode(_ mode: mode_t) throws {
    try withDirectory { path in
      try FileSystem.replace(path + "/p", with: Array("canary".utf8), mode: 0o600)
      #expect(chmod(path + "/p", mode) == 0)
      let secrets = Secrets(directory: path) { _ in nil }
      let error = #expect(throws: SecretError.self) {
        try secrets.values(of: ["T"], provider: "p")
      }
      #expect(error?.description.contains("chmod 600") == true)
      #expect(error?.description.contains("canary") == false)
    }
  }

  @Test("a secret that is a link or a directory is refused")
  func link() throws {
    try withDirectory { path in
      try FileSystem.replace(path + "/real", with: Array("x".utf8), mode: 0o600)
      #expect(symlink(path + "/real", path + "/link") == 0)
      try FileSystem.makeDirectories(path + "/directory", mode: 0o600)
      let secrets = Secrets(directory: path) { _ in nil }
      for name in ["link", "directory"] {
        #expect(throws: SecretError.self) { try secrets.values(of: ["T"], provider: name) }
      }
    }
  }

  @Test("a provider's requests are bounded, and submits leave one of them to polls")
  func traffic() {
    let now = Timestamp(microseconds: 0)
    var traffic = Traffic()
    func room(_ isSubmit: Bool) -> Bool {
      traffic.hasRoom("p", isSubmit: isSubmit, limit: 3, now: now)
    }
    traffic.begin("p", isSubmit: true)
    traffic.begin("p", isSubmit: true)
    #expect(!room(true) && room(false))
    traffic.begin("p", isSubmit: false)
    #expect(!room(false) && traffic.total == 3)
    #expect(traffic.hasRoom("q", isSubmit: true, limit: 1, now: now))
    traffic.end("p", isSubmit: true)
    #expect(room(true) && room(false) && traffic.total == 2)
  }

  @Test("a rate limit quietens its kind of request for the whole provider, for its time")
  func quiet() {
    let now = Timestamp(microseconds: 0)
    let later = now.advanced(seconds: 5)
    var traffic = Traffic()
    traffic.quieten("p", isSubmit: true, until: later)
    traffic.quieten("p", isSubmit: true, until: now.advanced(seconds: 1))
    #expect(!traffic.hasRoom("p", isSubmit: true, limit: 9, now: now))
    #expect(traffic.hasRoom("p", isSubmit: false, limit: 9, now: now))
    #expect(traffic.nextLoud(after: now) == later)
    #expect(traffic.hasRoom("p", isSubmit: true, limit: 9, now: later))
    #expect(traffic.nextLoud(after: later) == nil)
  }

  @Test("a provider's variable is its name in capitals, other characters as _")
  func variable() {
    #expect(ProfileShelf.overrideVariable("self-hosted") == "LEDGER_BASE_URL_SELF_HOSTED")
    #expect(ProfileShelf.overrideVariable("fal2") == "LEDGER_BASE_URL_FAL2")
  }
}
