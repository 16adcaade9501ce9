// Real replies, played back: the job ends at the recorded output. The recordings are no part of the
// project; without them there is nothing to play.

import Foundation
import Ledger
import Support
import Testing
import Wire

@Suite("Recorded providers") struct RecordingTests {
  /// Nil when unset or empty.
  private static let folder = ProcessInfo.processInfo.environment["LEDGER_RECORDINGS"]
    .flatMap { $0.isEmpty ? nil : $0 }

  static let files: [URL] =
    folder.map { folder in
      let url = URL(filePath: folder + "/replicate")
      let found = try? FileManager.default.contentsOfDirectory(
        at: url, includingPropertiesForKeys: nil)
      return (found ?? []).filter { $0.lastPathComponent.hasSuffix("-poll-to-succeeded.json") }
    } ?? []

  @Test("each recorded run ends at its recorded output", .enabled(if: folder != nil))
  func played() throws {
    #expect(!RecordingTests.files.isEmpty)
    for file in RecordingTests.files {
      let bytes = [UInt8](try Data(contentsOf: file))
      let exchanges = try #require(try JSON(parsing: bytes)["exchanges"]?.array)
      let sent = try #require(exchanges.first?["request"]?["body"])
      let output = try #require(exchanges.last?["response"]?["body"]?["output"])
      let rig = try Rig(Outside(recordings: [(file.lastPathComponent, bytes)]))
      var submission = Submission(
        id: "j", account: "acme", provider: "replicate", hold: Credits("1")!,
        input: sent["input"])
      submission.model = sent["version"]?.string
      try rig.run(.submit(submission))
      try rig.poll()
      #expect(try rig.state("j") == .succeeded, "\(file.lastPathComponent)")
      let kept = try #require(try outputs(of: "j", rig)?.array)
      let urls = kept.compactMap { $0["url"]?.string }
      let recorded = output.array?.compactMap(\.string) ?? [output.string ?? ""]
      // Text is kept as a data URI; URLs as they were.
      if recorded.allSatisfy({ $0.hasPrefix("http") }) { #expect(urls == recorded) }
      #expect(!urls.isEmpty)
    }
  }

  private func outputs(of id: String, _ rig: Rig) throws -> JSON? {
    let succeeded = try rig.events(id).lazy.compactMap { event -> BlobReference? in
      if case .jobSucceeded(let body) = event.event { body.outputs } else { nil }
    }.first
    return try succeeded.flatMap { kept in try rig.books.read { try $0.json(kept) } }
  }
}
