// What stands at the top of the repository, and whether its scripts can run.

import Foundation
import Testing

@Suite("Layout") struct LayoutTests {
  @Test("the top level is the agreed one and nothing else")
  func topLevel() throws {
    let agreed: Set = ["Package.swift", "README.md", "Sources", "Tests", "schemas", "tools"]
    let names = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
      .filter { !$0.hasPrefix(".") }
    #expect(Set(names).subtracting(agreed) == [])
    // README.md is written last; delete the exception with it
    #expect(agreed.subtracting(names).subtracting(["README.md"]) == [])
  }

  @Test("a script in tools is executable and bash can parse it")
  func scripts() throws {
    var offences: [String] = []
    for file in Repository.files(in: ["tools"]) where file.text.hasPrefix("#!") || file.kind == "sh"
    {
      let path = Repository.root.appending(path: file.path).path
      if !FileManager.default.isExecutableFile(atPath: path) {
        offences.append(file.offence(0, "not executable"))
      }
      if !file.text.hasPrefix("#!") { offences.append(file.offence(0, "no interpreter named")) }
      if isShell(file), let complaint = try bashComplaint(path) {
        offences.append(file.offence(0, complaint))
      }
    }
    #expect(report(offences) == nil)
  }

  private func isShell(_ file: SourceFile) -> Bool {
    file.kind == "sh" || file.lines.first?.contains(/^#!.*\b(?:bash|sh)\b/) == true
  }

  /// What `bash -n` says; nil when it is content.
  private func bashComplaint(_ path: String) throws -> String? {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-n", path]
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return process.terminationStatus == 0 ? nil : String(decoding: output, as: UTF8.self)
  }
}
