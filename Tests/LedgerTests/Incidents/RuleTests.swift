// Every rule by what it must see and what it must not, and what all rules owe whoever reads them.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Diagnoses") struct RuleTests {
  @Test(
    "a story shows its pattern, with the proof and what to type, and no innocent one does",
    arguments: Telling.all)
  func told(_ telling: Telling) throws {
    let story = try telling.story()
    let diagnoses = story.diagnoses
    guard let evidence = telling.evidence else {
      #expect(!diagnoses.map(\.code).contains(telling.code), "\(diagnoses)")
      return
    }
    #expect(diagnoses.map(\.code) == [telling.code], "\(diagnoses)")
    let found = try #require(diagnoses.first)
    #expect(found.evidence.map { story.type(at: $0) } == evidence, "\(found)")
    if let start = telling.next {
      #expect(found.next?.hasPrefix(start) == true, "\(found)")
    } else {
      #expect(found.next == nil, "\(found)")
    }
  }

  @Test("every diagnosis of the product has one rule, a story that shows it and one that does not")
  func complete() {
    #expect(Set(DiagnosisRule.all.map(\.code)) == Diagnoses.codes)
    #expect(DiagnosisRule.all.count == Diagnoses.codes.count)
    #expect(Set(Telling.all.filter { $0.evidence != nil }.map(\.code)) == Diagnoses.codes)
    #expect(Set(Telling.all.filter { $0.evidence == nil }.map(\.code)) == Diagnoses.codes)
    #expect(DiagnosisRule.all.allSatisfy { $0.title.count <= 48 })
    for (code, sharper) in DiagnosisRule.silencedBy {
      let order = DiagnosisRule.all.map(\.code)
      #expect(
        sharper.allSatisfy { order.firstIndex(of: $0)! < order.firstIndex(of: code)! }, "\(code)")
    }
  }

  @Test(
    "the same story has the same diagnoses, in sentences, with proof of its own",
    arguments: Telling.all)
  func contract(_ telling: Telling) throws {
    let story = try telling.story()
    let diagnoses = story.diagnoses
    #expect(story.diagnoses == diagnoses)
    try RuleTests.expectSound(diagnoses, of: story)
  }

  /// What every diagnosis owes its reader.
  static func expectSound(_ diagnoses: [Diagnosis], of story: Story) throws {
    for found in diagnoses {
      try #require(Diagnoses.codes.contains(found.code))
      try #require(!found.evidence.isEmpty && found.evidence.count <= Limits.evidence)
      try #require(zip(found.evidence, found.evidence.dropFirst()).allSatisfy { $0 < $1 })
      try #require(found.evidence.allSatisfy { story.type(at: $0) != nil }, "\(found)")
      try #require(found.what.hasSuffix(".") && !found.what.contains("\n"), "\(found)")
      try #require(found.next?.hasPrefix("ledger ") ?? true)
    }
    try #require(Set(diagnoses.map(\.code)).count == diagnoses.count)
  }

  @Test("what to type next is a command, and all its words are understood")
  func commands() throws {
    let home = try CommandHome()
    var seen: Set<String> = []
    for telling in Telling.all {
      let story = try telling.story()
      let commands = story.diagnoses.compactMap(\.next) + [story.usualCommand].compactMap { $0 }
      for command in commands where seen.insert(command).inserted {
        // In an empty home only the words can be wrong, and that there is no such job to attach to.
        let result = try Binary.ledger.run(
          shellWords(command) + (command.hasPrefix("ledger poll") ? ["--help"] : []),
          environment: home.environment)
        #expect(
          result.status != 64 || result.error.contains("does not exist yet"),
          "\(command): \(result)")
      }
    }
    #expect(seen.count > 12)
  }

  /// The words after the program's name, as a shell reads them.
  private func shellWords(_ line: String) -> [String] {
    var words = [""]
    var isQuoted = false
    for character in line {
      switch character {
      case "'": isQuoted.toggle()
      case " " where !isQuoted: words.append("")
      default: words[words.count - 1].append(character)
      }
    }
    return Array(words.dropFirst())
  }

  @Test(
    "a provider's id cannot become a command of its own",
    arguments: [
      ("p1", "p1"), ("-x", "--external-id=-x"), ("a;rm -rf b", "'a;rm -rf b'"),
      ("a'b", #"'a'\''b'"#),
      ("a\nb", "EXTERNAL_ID"), ("", "EXTERNAL_ID"), ("\u{1B}[2J", "EXTERNAL_ID"),
      ("$(x)", "'$(x)'"),
    ])
  func hostile(_ id: String, _ expected: String) {
    let text = NextCommand("track").option("external-id", id).text
    #expect(text.hasSuffix(expected.hasPrefix("--") ? expected : "--external-id \(expected)"))
  }

  @Test("of very many events the first and the newest are told, and how many are not")
  func long() throws {
    let scenario = try Scenario().given(.grant("100")).accepted()
    for _ in 0..<Limits.storyEvents + 300 { try scenario.looked() }
    let story = try scenario.story()
    #expect(story.events.count == Limits.storyEvents + Limits.storyBeginning)
    #expect(
      story.leftOut == scenario.history.count { $0.subject == story.number } - story.events.count)
    guard case .jobSubmitted? = story.events.first?.event else {
      return #expect(Bool(false), "the beginning is missing")
    }
    #expect(story.diagnoses.isEmpty)
  }
}
