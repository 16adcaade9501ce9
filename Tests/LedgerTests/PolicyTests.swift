// The rules of the house: what they can be, and that the last change rules.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Policies") struct PolicyTests {
  private func value(_ name: String, _ scenario: Scenario) throws -> PolicyStatus {
    try scenario.books.read { books in
      try #require(try books.policies().first { $0.policy.name == name })
    }
  }

  @Test("the last change rules, and its position is told; without one the default does")
  func lastRules() throws {
    let scenario = try Scenario()
    #expect(try value("late_success", scenario).value == "write_off")
    #expect(try value("late_success", scenario).setting == nil)
    for word in ["charge", "write_off", "charge"] {
      try scenario.given(.setPolicy(name: "late_success", value: word))
      let status = try value("late_success", scenario)
      #expect(status.value == word)
      #expect(try status.setting?.position == scenario.head())
    }
    try scenario.when(.setPolicy(name: "late_success", value: nil)).then(Fact(.ledgerPolicySet))
    #expect(try value("late_success", scenario).value == "write_off")
    #expect(try scenario.books.replay(.check).differences == [])
  }

  @Test("every default is a value that the policy takes", arguments: Policy.all.map(\.name))
  func defaults(_ name: String) throws {
    let policy = try #require(Policy.named(name))
    #expect(policy.defaultValue.map(policy.takes) ?? true)
    #expect(!policy.explanation.isEmpty && !policy.explanation.hasSuffix("."))
  }

  @Test(
    "what a policy can be is taken",
    arguments: [
      ("late_success", "charge"), ("on_account_problem", "fail"), ("disk_floor", "0"),
      ("disk_floor", "18446744073709551615"), ("public_url", "https://jobs.example.com/ledger"),
      ("store", "s3://outputs/videos"), ("store", "file:///srv/outputs"),
      ("store_key", "{date}/{job}.{ext}"), ("store_url", "https://cdn.example.com/outputs"),
      ("store_endpoint", "https://account.r2.cloudflarestorage.com"), ("store_region", "eu-west-1"),
      ("output_bytes_max", "1000"),
    ])
  func taken(_ name: String, _ value: String) throws {
    try Scenario().given(.setPolicy(name: name, value: value))
  }

  @Test(
    "names and values that mean nothing are refused",
    arguments: [
      ("capture", "stored"), ("capture_on", "Stored"), ("late_success", ""),
      ("disk_floor", "-1"), ("disk_floor", "+1"), ("disk_floor", "18446744073709551616"),
      ("disk_floor", "64 MiB"), ("public_url", "jobs.example.com"), ("public_url", "https://"),
      ("public_url", "https:///x"), ("public_url", "https://a:b@example.com/"),
      ("public_url", "https://example.com/?a=1"), ("public_url", "ftp://example.com"),
      ("store", "file://relative"), ("store", "s3://"), ("store", "s3://a\u{1b}[2J"),
      ("store", "file:///srv/../etc"),
      ("store_key", "{account}.{ext}"), ("store_url", "s3://x"), ("store_region", "a/b"),
      ("store_endpoint", "https://s3.example.com/x"), ("store_endpoint", "s3.example.com"),
    ])
  func refused(_ name: String, _ value: String) throws {
    let scenario = try Scenario()
    let head = try scenario.head()
    try scenario.when(.setPolicy(name: name, value: value)).thenRefused(.invalid)
    #expect(try scenario.head() == head)
  }

  @Test("charging once outputs are stored needs a store, and keeps it")
  func stored() throws {
    let scenario = try Scenario()
    let captureOnStored = Action.setPolicy(name: "capture_on", value: "stored")
    try scenario.when(captureOnStored).thenRefused(.configuration)
    try scenario.given(.setPolicy(name: "store", value: "s3://outputs"), captureOnStored)
    try scenario.when(.setPolicy(name: "store", value: nil)).thenRefused(.configuration)
    try scenario.given(
      .setPolicy(name: "capture_on", value: nil), .setPolicy(name: "store", value: nil))
  }
}
