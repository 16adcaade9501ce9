// The campaigns of tools/faults run and can see, with counts so small that every run of the suite
// affords them. What this machine does not allow they skip, and say so.

import Foundation
import Posix
import Support
import Testing

@Suite("Faults", .serialized, .seeded) struct FaultsTests {
  private func faults(_ words: String...) throws -> BinaryResult {
    var root = URL(filePath: #filePath)
    for _ in 1...3 { root.deleteLastPathComponent() }
    var environment = ProcessInfo.processInfo.environment
    environment["LEDGER_BIN"] = FileSystem.parent(of: Binary.ledger.path)
    return try RunningBinary(
      root.appending(path: "tools/faults").path, words, environment: environment, input: ""
    ).wait(seconds: 300)
  }

  @Test(
    "killed and failing calls, lost power, full disks, flipped bits and pages, simulated worlds",
    arguments: [
      ("F2", 8), ("F3", 20), ("F4", 8), ("F5", 1), ("F6", 20), ("F7", 150), ("F8", 2), ("F21", 20),
    ])
  func small(_ name: String, _ count: Int) throws {
    let seed = "\(Seed.current % 1_000_000)"
    let result = try faults(name, "--count", "\(count)", "--seed", seed)
    #expect(result.status == 0, "\(result)")
    #expect(result.output.contains("\(name) "), "\(result)")
    #expect(result.output.contains("0 failed"), "\(result)")
  }

  @Test("every campaign of the list has a name, and unknown ones are refused")
  func list() throws {
    let list = try faults("--list").output
    for number in 1...21 { #expect(list.contains("F\(number) "), "F\(number)") }
    #expect(try faults("F99").status == 64)
  }
}
