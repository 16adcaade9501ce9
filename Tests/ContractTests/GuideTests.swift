// The guide to writing a profile is followed word by word: its files are written, its commands run,
// and what they print is what it says.

import Foundation
import Posix
import Support
import Testing
import Wire

@Suite("The guide to profiles") struct GuideTests {
  /// A fenced block, and the last file named before it.
  private struct Block {
    let language: String
    let file: String?
    let lines: [String]
  }

  private func blocks() throws -> [Block] {
    let place = Schemas.folder.deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/Ledger/Ledger.docc/WriteAProfile.md")
    var blocks: [Block] = []
    var file: String?
    var open: (language: String, lines: [String])?
    for line in try String(contentsOf: place, encoding: .utf8).components(separatedBy: "\n") {
      if line.hasPrefix("```") {
        if let block = open {
          blocks.append(Block(language: block.language, file: file, lines: block.lines))
          open = nil
        } else {
          open = (String(line.dropFirst(3)), [])
        }
      } else if open != nil {
        open?.lines.append(line)
      } else if let name = line.matches(of: /`([a-z]+\.json)`/).last {
        file = String(name.1)
      }
    }
    return blocks
  }

  private func run(_ command: [String], in home: CommandHome) throws -> [String] {
    if command[0] == "cp" {
      let bytes = try FileSystem.read("\(home.directory)/\(command[1])", limit: 1 << 20) ?? []
      try FileSystem.makeDirectories(home.path + "/providers")
      try FileSystem.replace("\(home.path)/providers/\(command[1])", with: bytes)
      return []
    }
    let words = command.dropFirst().map { $0.hasSuffix(".json") ? "\(home.directory)/\($0)" : $0 }
    let result = try Binary.ledger.run(Array(words), environment: home.environment)
    return (result.errorLines + result.lines).map {
      $0.replacing("\(home.directory)/", with: "")
    }
  }

  @Test("every command of the guide prints what the guide says")
  func followed() throws {
    let home = try CommandHome()
    var commands = 0
    for block in try blocks() {
      if block.language == "json" {
        _ = try home.file(try #require(block.file), block.lines.joined(separator: "\n"))
        continue
      }
      var printed: [String] = []
      for line in block.lines where line.hasPrefix("$ ") {
        printed.append(line)
        printed += try run(line.dropFirst(2).split(separator: " ").map(String.init), in: home)
        commands += 1
      }
      #expect(printed == block.lines)
    }
    #expect(commands == 11)
  }
}
