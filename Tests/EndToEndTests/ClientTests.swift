// Judges that nobody here wrote: the providers' official Python clients, unmodified, against the
// simulator as a program. What they cannot do with it, nobody can.

import Foundation
import Support
import Testing
import Wire

/// Where the clients are.
enum OfficialClients {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let python = root + "/.venv/bin/python"

  static let areHere: Bool = {
    guard FileManager.default.isExecutableFile(atPath: python),
      let child = try? Child([python, "-c", "import fal_client, higgsfield_client, replicate"])
    else { return false }
    return child.wait() == 0
  }()
}

@Suite("The official clients") struct ClientTests {
  @Test(
    "find the provider that they know, its refusals and its double bills",
    .enabled(
      if: OfficialClients.areHere, "the official clients are missing: tools/setup --tests"),
    arguments: [("replicate", 17), ("higgsfield", 13), ("fal", 18)])
  func judge(_ name: String, checks: Int) throws {
    let script = OfficialClients.root + "/Tests/EndToEndTests/Clients/\(name)_judge.py"
    let result = try Binary.ledgerd.run(
      [], environment: ["PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"], seconds: 180,
      launcher: [OfficialClients.python, script])
    #expect(result.status == 0, "\(result.error)")
    let lines = try result.lines.map { try JSON(parsing: $0) }
    #expect(lines.count == checks, "\(result.output)")
    for line in lines {
      #expect(line["ok"] == true, "\(line["check"]?.string ?? ""): \(line["detail"]?.string ?? "")")
    }
  }
}
