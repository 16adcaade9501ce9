// Files in place of members of a job's input, as the books know them.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Attachments in the books") struct AttachmentTests {
  private typealias Attachment = Ledger.Attachment

  private func submission(_ attachments: [Attachment]) -> Submission {
    var submission = Submission(
      id: "j1", account: "acme", provider: "replicate", hold: Credits("5")!, input: ["a": 1])
    submission.attachments = attachments
    return submission
  }

  private func attachment(_ byte: UInt8 = 1, pointer: String = "/image") -> Attachment {
    Attachment(
      pointer: pointer, name: "photo.png", bytes: 9, sha256: [UInt8](repeating: byte, count: 32),
      mediaType: "image/png")
  }

  @Test("the same files again are the same job; other files under its id are a conflict")
  func repeated() throws {
    let scenario = try Scenario().given(.grant("100"), .submit(submission([attachment()])))
    let submitted = scenario.position(of: .jobSubmitted)
    let again = try scenario.books.append(
      Command(.submit(submission([attachment()])), actor: .cli))
    #expect(again.isRepeated)
    for other in [[], [attachment(2)], [attachment(pointer: "/other")]] {
      try scenario.when(.submit(submission(other))).thenRefused(.conflict, naming: submitted)
    }
  }

  @Test("a job without files is the same job again, and another one with them")
  func without() throws {
    let scenario = try Scenario().given(.grant("100"), .submit(submission([])))
    let again = try scenario.books.append(Command(.submit(submission([])), actor: .cli))
    #expect(again.isRepeated)
    try scenario.when(.submit(submission([attachment()])))
      .thenRefused(.conflict, naming: scenario.position(of: .jobSubmitted))
  }

  @Test("what the log keeps reads the same")
  func roundTrip() throws {
    let attachments = [attachment(), attachment(7, pointer: "/list/0")]
    #expect([Attachment](attachments.json) == attachments)
    #expect([Attachment](nil) == nil && [Attachment]([["pointer": "/a"]]) == nil)
  }

  @Test("more than may go with a job is refused")
  func bounds() throws {
    let scenario = try Scenario().given(.grant("100"))
    let many = (0...Limits.attachments).map { attachment(pointer: "/\($0)") }
    try scenario.when(.submit(submission(many))).thenRefused(.invalid)
    var large = attachment()
    large.bytes = UInt64(Limits.attachmentBytes) + 1
    try scenario.when(.submit(submission([large]))).thenRefused(.invalid)
  }

  @Test("names in the store tell files of one name apart, and are no path")
  func keys() {
    let first = attachment(1).key(account: "a/b", job: "..")
    let second = attachment(2).key(account: "a/b", job: "..")
    #expect(first == "inputs/a~2Fb/~2E./0101010101010101/photo.png" && first != second)
  }

  @Test(
    "a value takes a place that is there, or a new member of an object that is",
    arguments: [
      ("/a", #"{"a":9,"b":[1,{"c":2}]}"#), ("/new", #"{"a":1,"b":[1,{"c":2}],"new":9}"#),
      ("/b/0", #"{"a":1,"b":[9,{"c":2}]}"#), ("/b/1/c", #"{"a":1,"b":[1,{"c":9}]}"#), ("", "9"),
      ("/b/2", nil), ("/b/-", nil), ("/b/01", nil), ("/a/x", nil), ("/x/y", nil),
    ])
  func replacing(_ pointer: String, _ expected: String?) throws {
    let value = try JSON(parsing: #"{"a":1,"b":[1,{"c":2}]}"#)
    let changed = value.replacing(try #require(JSONPointer(pointer)), with: 9)
    #expect(try changed == expected.map { try JSON(parsing: $0) })
  }
}
