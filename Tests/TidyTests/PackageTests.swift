// The Debian package, where `tools/package` has built one: what is in it, what it says of itself.

import Foundation
import Testing

@Suite("The Debian package") struct PackageTests {
  /// The newest one in `.build/package`; nil when none was built.
  private static let built: URL? = {
    let folder = Repository.root.appending(path: ".build/package")
    let files = try? FileManager.default.contentsOfDirectory(
      at: folder, includingPropertiesForKeys: [.contentModificationDateKey])
    func age(_ file: URL) -> Date {
      (try? file.resourceValues(forKeys: [.contentModificationDateKey]))?.contentModificationDate
        ?? .distantPast
    }
    return (files ?? []).filter { $0.pathExtension == "deb" }.max { age($0) < age($1) }
  }()

  private func ask(_ words: String...) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/dpkg-deb")
    process.arguments = words
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test(
    "everything is root's, nothing is writable by others, and all parts are there",
    .enabled(if: built != nil, "no package is built: tools/package"))
  func contents() throws {
    let lines = try ask("--contents", try #require(Self.built).path)
    for line in lines {
      #expect(
        line.contains(" root/root ") && !line.prefix(10).dropFirst(8).hasPrefix("w"), "\(line)")
    }
    for path in [
      "usr/bin/ledger", "usr/bin/ledgerd", "usr/share/man/man1/ledger.1.gz",
      "usr/share/man/man8/ledgerd.8.gz", "usr/share/bash-completion/completions/ledger",
      "lib/systemd/system/ledger-poll.service", "lib/systemd/system/ledger-serve.service",
    ] {
      #expect(lines.contains { $0.hasSuffix(" ./\(path)") }, "\(path)")
    }
  }

  @Test(
    "it stands in nobody's way: the accounting program of that name is a conflict",
    .enabled(if: built != nil, "no package is built: tools/package"))
  func control() throws {
    let fields = try ask("--field", try #require(Self.built).path)
    #expect(fields.contains("Package: job-ledger") && fields.contains("Conflicts: ledger"))
    let depends = try #require(fields.first { $0.hasPrefix("Depends: ") })
    for library in ["libcurl4", "liblmdb0", "libmicrohttpd12", "libc6", "adduser"] {
      #expect(depends.contains(library), "\(depends)")
    }
  }

  @Test("neither removing nor purging takes the books")
  func books() throws {
    for name in ["prerm", "postrm"] {
      let script = try String(
        contentsOf: Repository.root.appending(path: "tools/debian/\(name)"), encoding: .utf8)
      let commands = script.split(separator: "\n").filter {
        !$0.hasPrefix("#") && !$0.contains("echo ")
      }
      #expect(!commands.contains { $0.contains("rm -") || $0.contains("deluser") }, "\(name)")
    }
  }
}
