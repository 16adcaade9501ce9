// Ids that are paths: whoever chooses the name of a job or an account chooses no file (CWE-22), be
// it submitted, attached, stored, imported or forgotten.

import Foundation
import Posix
import Support
import Testing
import Wire

@Suite("Ids that are paths") struct TraversalTests {
  private static let jobs = ["..", ".", "...", "..:..", ".ssh", "-rf", "~"]
  private static let accounts = [
    "..", "../../x", "/etc/x", "a/../../../x", "./.", "//", "a/./b/..",
  ]

  @Test("submitted with files, stored in a folder and forgotten: all stays in its place")
  func lives() throws {
    let providers = try Providers("--pace", "0.1")
    defer { _ = try? providers.finish() }
    let world = try World(providers)
    let home = world.home
    let saved = home.directory + "/deep/er/saved"
    #expect(try home.ledger("config", "set", "store", "file://" + saved).status == 0)
    let photo = try home.file("photo.txt", "a picture of me")
    let before = Set(try FileSystem.list(home.directory) + ["deep"])
    var made = 0
    for (number, account) in Self.accounts.enumerated() {
      guard try home.ledger("grant", account, "10").status == 0 else { continue }
      let job = Self.jobs[number]
      let result = try home.ledger(
        "submit", "--provider", "replicate", "--model", "owner/name", "--account", account,
        "--hold", "1", "--id=\(job)", "--input", #"{"prompt":"x"}"#, "--attach", "/text=\(photo)")
      if result.status == 0 { made += 1 }
    }
    #expect(made >= 4, "such names are ids like others")
    let ended = try Binary.ledger.run(["poll", "--drain"], environment: world.environment)
    #expect(ended.status == 0, "\(ended)")
    #expect(try world.events("job.stored").count == made)
    let all = FileManager.default.enumerator(atPath: home.directory)?.compactMap { $0 as? String }
    let outputs = (all ?? []).filter { $0.hasSuffix(".mp4") }
    #expect(outputs.count == made && outputs.allSatisfy { $0.hasPrefix("deep/er/saved/") })
    for account in Self.accounts {
      _ = try home.ledger("forget", account, "--reason", "asked")
    }
    #expect(Set(try FileSystem.list(home.directory)) == before)
    #expect(FileSystem.exists(photo))
    #expect(try home.ledger("verify").status == 0)
  }

  @Test("imported: rows are named and judged, and no file is made but the home")
  func imports() throws {
    let home = try CommandHome()
    let map = try home.file(
      "map.json",
      #"{"row_id":"id","account":"who","provider":"p","external_id":"ext","#
        + #""status":{"column":"state","words":{"done":"succeeded"}}}"#)
    var rows = "id,who,p,ext,state\n"
    for (job, account) in zip(Self.jobs, Self.accounts) {
      for provider in ["replicate", "../../../x", "/etc/passwd", ".."] {
        rows += "\(job),\(account),\(provider),../\(job)/\(account),done\n"
      }
    }
    let file = try home.file("rows.csv", rows)
    let before = try FileSystem.list(home.directory)
    let result = try home.ledger("import", file, "--map", map)
    #expect(result.status == 1, "rows of no provider are problems; \(result)")
    #expect(Set(try FileSystem.list(home.directory)) == Set(before + ["books"]))
    #expect(Set(try home.json("status").map { $0["provider"]?.string }) == ["replicate"])
    #expect(try home.ledger("verify").status == 0)
    // The way back in: the same books from their own export, in another home.
    let export = try home.file("books.ndjson", try home.ledger("export").output)
    let other = try CommandHome()
    #expect(try other.ledger("import", export).status == 0)
    #expect(try FileSystem.list(other.directory) == ["books"])
    #expect(try other.json("status").count == home.json("status").count)
  }
}
