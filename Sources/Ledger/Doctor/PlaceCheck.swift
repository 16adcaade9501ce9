// The home itself: a local file system, one PID namespace, nothing that others may read or change.

import Posix
import Wire

/// What is known of the place.
struct PlaceCheck: Sendable {
  /// A file or folder that belongs to its owner alone.
  struct Private: Sendable {
    let path: String
    let permissions: UInt32
    let isFolder: Bool
  }

  var path: String
  var permissions: UInt32
  var isOwn: Bool
  /// The network file system it is on; nil on a local one.
  var networkFileSystem: String?
  /// The processes that have it open live in another PID namespace.
  var isElsewhere = false
  /// Record format of the log; nil when it could not be read.
  var format: UInt32?
  var privates: [Private] = []

  var findings: [HealthFinding] {
    var found: [HealthFinding] = []
    if let networkFileSystem {
      found.append(
        HealthFinding(
          "home", .bad,
          "\(path) is on \(networkFileSystem): locks and memory maps need a local "
            + "file system", do: "ledger backup DIR"))
    }
    if isElsewhere {
      found.append(
        HealthFinding(
          "home", .bad,
          "\(path) is open in another PID namespace: run all of ledger in one "
            + "container", do: "ledger serve --poll"))
    }
    if !isOwn {
      found.append(
        HealthFinding(
          "home", .warn, "\(path) belongs to another user: run ledger as that one",
          do: "ls -ld \(ShellText.quoted(path))"))
    }
    if permissions & 0o022 != 0 {
      found.append(
        HealthFinding(
          "home", .bad, "\(path) can be changed by other users (mode \(octal(permissions)))",
          do: "chmod go-w \(ShellText.quoted(path))"))
    }
    for one in privates where one.permissions & 0o077 != 0 {
      found.append(
        HealthFinding(
          "home", .bad, "\(one.path) is open to other users (mode \(octal(one.permissions)))",
          do: "chmod \(one.isFolder ? "700" : "600") \(ShellText.quoted(one.path))"))
    }
    guard found.isEmpty else { return found }
    let format = format.map { "format \($0), " } ?? ""
    return [
      HealthFinding(
        "home", .ok, "\(path): \(format)mode \(octal(permissions)), a local file system")
    ]
  }

  private func octal(_ mode: UInt32) -> String { String(mode, radix: 8) }
}
