// What doctor makes of what it sees: each rule at and beyond its border.

import LMDB
import Support
import Testing
import Wire

@testable import Ledger

@Suite("The rules of doctor") struct HealthCheckTests {
  private static let noon = Timestamp("2026-11-21T12:00:00Z")!

  private func heartbeat(age: Double, movedSeconds: Double = 0) -> Heartbeat? {
    let boot: Int64 = 10_000_000_000
    let at = HealthCheckTests.noon.advanced(seconds: -age - movedSeconds)
    return Heartbeat(
      "4711 \(at) \(boot - Int64(age * 1e6)) here\n", boot: boot, bootID: "here")
  }

  @Test(
    "room: below the floor is bad, near it a warning",
    arguments: [
      (99, 100, .bad), (100, 100, .warn), (999, 100, .warn), (1000, 100, .ok), (5, 0, .ok),
      (UInt64.max, UInt64.max, .warn),
    ] as [(UInt64, UInt64, HealthFinding.Level)])
  func disk(_ free: UInt64, _ floor: UInt64, _ level: HealthFinding.Level) {
    let finding = DiskCheck(free: free, floor: floor).finding
    #expect(finding.level == level && (finding.mend == nil) == (level == .ok), "\(finding)")
  }

  @Test("time that went back is told, and a wall clock that was moved")
  func clock() {
    let noon = HealthCheckTests.noon
    func level(newest: Double = -5, _ beat: Heartbeat? = nil) -> HealthFinding.Level {
      ClockCheck(now: noon, newest: noon.advanced(seconds: newest), heartbeat: beat).finding.level
    }
    #expect(level() == .ok && level(newest: 0.5) == .ok)
    #expect(level(newest: 30) == .warn && level(newest: 3600) == .bad)
    #expect(level(heartbeat(age: 3)) == .ok)
    #expect(level(heartbeat(age: 3, movedSeconds: 50)) == .ok)
    #expect(level(heartbeat(age: 3, movedSeconds: 90)) == .warn)
    #expect(level(heartbeat(age: 3, movedSeconds: -90)) == .warn)
  }

  @Test("slots of processes that are gone, and a reader that pins an old state")
  func readers() {
    func findings(_ slots: [ReaderSlot]) -> [HealthFinding] {
      let file = ReadersCheck.File(name: "log", slots: slots, lastTransaction: 50_000)
      return ReadersCheck(files: [file]) { $0 < 100 }.findings
    }
    #expect(findings([]).map(\.level) == [.ok])
    #expect(findings([ReaderSlot(processID: 7, transaction: 49_000)]).map(\.level) == [.ok])
    #expect(findings([ReaderSlot(processID: 7, transaction: nil)]).map(\.level) == [.ok])
    let pinned = findings([ReaderSlot(processID: 7, transaction: 12)])
    #expect(pinned.map(\.level) == [.warn] && pinned[0].mend == "ps -p 7")
    let gone = findings([ReaderSlot(processID: 700, transaction: 12)])
    #expect(gone.map(\.level) == [.warn] && gone[0].detail.contains("700"))
  }

  @Test("LMDB's list of readers is read line by line")
  func slots() {
    #expect(ReaderSlot(line: "    pid     thread     txnid") == nil)
    #expect(ReaderSlot(line: "(no active readers)") == nil)
    #expect(
      ReaderSlot(line: "      4711 7f0a 12") == ReaderSlot(processID: 4711, transaction: 12))
    #expect(ReaderSlot(line: "4711 7f0a -") == ReaderSlot(processID: 4711, transaction: nil))
  }

  @Test("views: none, up to date, far behind")
  func views() {
    #expect(ViewsCheck(serving: nil, end: 9).finding.mend == "ledger replay")
    #expect(ViewsCheck(serving: (2, 9), end: 9).finding.level == .ok)
    #expect(ViewsCheck(serving: (2, 9), end: 200_000).finding.level == .warn)
  }

  @Test("a poller that is gone or silent is bad while jobs need one")
  func poller() {
    func check(
      _ isActive: Bool, _ beat: Heartbeat?, open: UInt64 = 1, due: Double? = nil
    ) -> [HealthFinding] {
      PollerCheck(
        isActive: isActive, heartbeat: beat, openJobs: open, oldestDue: due.map { ("j1", $0) }
      ).findings
    }
    #expect(check(true, heartbeat(age: 1)).map(\.level) == [.ok, .ok])
    #expect(check(true, heartbeat(age: 30)).map(\.level) == [.bad, .ok])
    #expect(check(true, nil).map(\.level) == [.warn, .ok])
    #expect(check(false, nil).map(\.level) == [.bad, .ok])
    #expect(check(false, nil, open: 0).map(\.level) == [.warn, .ok])
    let late = check(true, heartbeat(age: 1), due: 90)
    #expect(late.map(\.level) == [.ok, .warn] && late[1].mend == "ledger explain j1")
    #expect(check(false, nil, due: 3600).map(\.level) == [.bad, .bad])
    #expect(check(false, nil, due: 3600)[1].mend == "ledger poll")
  }

  @Test("a home that others may change or read, or that lies elsewhere, is bad")
  func place() {
    let fine = PlaceCheck(path: "/h", permissions: 0o755, isOwn: true)
    #expect(fine.findings.map(\.level) == [.ok])
    var open = fine
    open.permissions = 0o777
    #expect(open.findings.map(\.mend) == ["chmod go-w /h"])
    var remote = fine
    remote.networkFileSystem = "NFS"
    #expect(remote.findings.map(\.level) == [.bad])
    var elsewhere = fine
    elsewhere.isElsewhere = true
    #expect(elsewhere.findings.map(\.level) == [.bad])
    var told = fine
    told.privates = [
      .init(path: "/h/secrets", permissions: 0o700, isFolder: true),
      .init(path: "/h/a b", permissions: 0o644, isFolder: false),
    ]
    #expect(told.findings.map(\.mend) == ["chmod 600 '/h/a b'"])
  }

  @Test("rules of the house that contradict the world")
  func policies() {
    func levels(_ change: (inout PolicyCheck) -> Void) -> [HealthFinding.Level] {
      var check = PolicyCheck()
      change(&check)
      return check.findings.map(\.level)
    }
    #expect(levels { _ in } == [.ok, .ok])
    #expect(levels { $0.captureOn = "stored" } == [.bad, .ok])
    #expect(levels { ($0.store, $0.folder) = ("file:///x", .fine) } == [.ok, .ok])
    #expect(levels { ($0.store, $0.folder) = ("file:///x", .missing) } == [.bad, .ok])
    #expect(levels { ($0.store, $0.folder) = ("file:///x", .notWritable) } == [.bad, .ok])
    #expect(levels { ($0.store, $0.bucketKeys) = ("s3://b", .success(true)) } == [.ok, .ok])
    #expect(levels { ($0.store, $0.bucketKeys) = ("s3://b", .success(false)) } == [.warn, .ok])
    #expect(levels { $0.publicURL = "https://app.example" } == [.ok, .ok])
    #expect(levels { $0.publicURL = "http://app.example" } == [.ok, .warn])
    #expect(levels { $0.publicURL = "https://localhost:8484" } == [.ok, .warn])
  }

  @Test("pauses name their mend, and a checkpoint grows old")
  func house() {
    let noon = HealthCheckTests.noon
    let pause = Summary.Paused(
      provider: "replicate", account: nil, position: 4, at: noon, reason: "key refused")
    let paused = PausesCheck(pauses: [pause], now: noon).findings
    #expect(paused.map(\.mend) == ["ledger unpause --provider replicate"])
    #expect(PausesCheck(pauses: [], now: noon).findings.map(\.level) == [.ok])
    func level(_ days: Double?, head: Position = 20_000) -> HealthFinding.Level {
      CheckpointsCheck(
        newest: days.map { (9, noon.advanced(seconds: -$0 * 86_400)) }, head: head, now: noon
      ).finding.level
    }
    #expect(level(1) == .ok && level(40) == .warn && level(nil) == .warn)
    #expect(level(nil, head: 50) == .ok)
  }

  @Test("a finding is read back as it was printed")
  func json() {
    let finding = HealthFinding("disk", .bad, "full", do: "df -h")
    #expect(HealthFinding(finding.json) == finding)
    #expect(HealthFinding(["check": "disk", "level": "odd", "detail": "x"]) == nil)
  }
}
