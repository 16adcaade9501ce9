// The edge of the examination that touches files: the place, the log and its witness, the views.

import Glibc
import LMDB
import Posix
import Wire

extension Examination {
  /// What the file system says of the home.
  func place() -> [HealthFinding] {
    do {
      guard let status = try FileSystem.status(home.path) else { return [] }
      var check = PlaceCheck(
        path: home.path, permissions: status.permissions, isOwn: status.owner == geteuid(),
        networkFileSystem: try FileSystem.networkFileSystem(home.path))
      check.isElsewhere = try isElsewhere()
      check.format = try? Log(home.log, isReadOnly: true).meta.format
      check.privates = try privates()
      return check.findings
    } catch {
      return [Examination.finding("home", error)]
    }
  }

  /// True when somebody has it open who does not share our PID namespace.
  private func isElsewhere() throws -> Bool {
    guard FileSystem.exists(home.users) else { return false }
    let file = try File(home.users, O_RDWR)
    let namespace = Array(try "\(Machine.pidNamespace()) \(Clock.bootID())".utf8)
    guard try file.read(count: 256) != namespace else { return false }
    // What is written there counts only while somebody holds the lock.
    guard try file.lock(.exclusive, wait: false) else { return true }
    file.unlock()
    return false
  }

  /// What nobody else may read: secrets, keys, and who may come in.
  private func privates() throws -> [PlaceCheck.Private] {
    var found: [PlaceCheck.Private] = []
    func add(_ path: String) throws {
      guard let status = try FileSystem.status(path) else { return }
      found.append(
        PlaceCheck.Private(
          path: path, permissions: status.permissions, isFolder: status.isDirectory))
    }
    for folder in [home.secrets, home.keys] {
      try add(folder)
      for name in try FileSystem.list(folder) where !name.hasSuffix(".pub") {
        try add("\(folder)/\(name)")
      }
    }
    try add(home.configuration)
    return found
  }

  /// Log, witness, views, and who reads them. Closed again at the end: LMDB's locks are lost when a
  /// process closes one of two openings of a file (lmdb.h, "Caveats").
  func files() throws {
    let mark = try FileSystem.exists(home.head) ? Head(home.head).mark() : nil
    let log = try Log(home.log, isReadOnly: true)
    var readers = [try slots(of: log.environment, "log")]
    let snapshot = try log.read()
    let end = try snapshot.end().position
    if let complaint = try Witness.complaint(mark, against: snapshot) {
      report(HealthFinding("head", .bad, complaint.finding, do: "ledger verify"))
    } else {
      report(
        HealthFinding(
          "head", .ok, "the log holds all that HEAD saw: \(mark?.position ?? 0) of \(end)"))
    }
    var views = ViewsCheck(serving: nil, end: end)
    if let folder = try viewsFolder() {
      var options = Environment.Options()
      options.isReadOnly = true
      readers.append(try slots(of: try Environment(folder, options), "views"))
    }
    if let generation = try Generation.current(of: home) {
      views.serving = (generation.number, try generation.read().position)
    }
    report(views.finding)
    let check = ReadersCheck(files: readers) { FileSystem.exists("/proc/\($0)") }
    for finding in check.findings { report(finding) }
  }

  private func slots(
    of environment: Environment, _ name: String
  ) throws -> ReadersCheck.File {
    ReadersCheck.File(
      name: name, slots: try environment.readerSlots(),
      lastTransaction: UInt64(max(0, try environment.info().lastTransaction)))
  }

  /// Where the serving generation lies; nil when there is none.
  private func viewsFolder() throws -> String? {
    guard let text = try FileSystem.read(home.current, limit: 4096),
      let number = (try? JSON(parsing: text))?["generation"]?.int.flatMap(UInt64.init(exactly:)),
      FileSystem.exists(home.generation(number) + "/data.mdb")
    else { return nil }
    return home.generation(number)
  }
}
