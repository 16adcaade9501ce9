// The API under whatever its description allows, and much that it does not.

import Foundation
import Support
import Testing

@Suite("Anything that can be asked") struct FuzzTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../..").standardizedFileURL.path
  private static let hasSchemathesis = FileManager.default.isExecutableFile(
    atPath: root + "/.venv/bin/schemathesis")

  @Test(
    "schemathesis finds nothing, and what it did leaves the books whole",
    .enabled(if: hasSchemathesis, "no schemathesis: tools/setup --tests installs it"))
  func schemathesis() throws {
    let path = URL(filePath: Binary.ledger.path).deletingLastPathComponent().path
    var environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/tmp", "LEDGER_BIN": path, "USER": "tester",
    ]
    environment["LEDGER_FUZZ"] = ProcessInfo.processInfo.environment["LEDGER_FUZZ"] ?? "20"
    let running = try RunningBinary(
      FuzzTests.root + "/tools/fuzz", [], environment: environment, input: "")
    let result = running.wait(seconds: 1800)
    #expect(result.status == 0, "\(result.output.suffix(6000))\n\(result.error.suffix(2000))")
  }
}
