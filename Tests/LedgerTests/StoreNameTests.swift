// Names of saved outputs: never two the same, never a path of somebody else's choosing.

import Support
import Testing
import Wire

@testable import Ledger

@Suite("Names in the store", .seeded) struct StoreNameTests {
  private func name(
    _ template: String = StoreKey.standard, account: String = "acme", job: String = "j1",
    index: UInt64 = 0, count: UInt64 = 1, ext: String = "mp4"
  ) throws -> String {
    try #require(StoreKey(template)).name(
      of: StoreKey.Values(
        account: account, job: job, step: 1, index: index, count: count, ext: ext,
        submittedAt: try #require(Timestamp("2026-11-21T09:20:00Z"))))
  }

  @Test("the parts of a template stand for what they name")
  func parts() throws {
    #expect(try name() == "users/acme/j1.mp4")
    #expect(try name("{date}/{step}/{job}/{index}.{ext}") == "2026-11-21/1/j1/0.mp4")
    #expect(try name("{job}") == "j1")
  }

  @Test("several outputs of one job are told apart where the template does not do it")
  func several() throws {
    #expect(try name(index: 1, count: 3) == "users/acme/j1~1.mp4")
    #expect(try name("{job}/video", index: 2, count: 3) == "j1/video~2")
    #expect(try name("{job}/{index}.{ext}", index: 2, count: 3) == "j1/2.mp4")
  }

  @Test(
    "an id is one segment of the name, whatever it holds",
    arguments: [
      ("..", "~2E."), (".", "~2E"), (".git", "~2Egit"), ("a/b", "a~2Fb"), ("a@b.c", "a~40b.c"),
      ("../../etc/passwd", "~2E.~2F..~2Fetc~2Fpasswd"), ("a~2F", "a~7E2F"), ("", "~"),
    ])
  func safe(_ text: String, _ segment: String) {
    #expect(PathSegment.safe(text) == segment)
  }

  @Test("different ids have different names, and none of them climbs")
  func different() throws {
    var random = SplitMix64(seed: Seed.current)
    let letters = Array("ab.~/@:_-")
    func id() -> String {
      String(
        (0..<Int.random(in: 1...4, using: &random)).map { _ in
          letters.randomElement(using: &random) ?? "a"
        })
    }
    var seen: [String: [String]] = [:]
    for _ in 0..<5000 {
      let values = [id(), id().filter { $0 != "/" && $0 != "@" && $0 != "~" } + "x"]
      let count = UInt64.random(in: 1...2, using: &random)
      let index = count - 1
      let ext = ["mp4", "bin"].randomElement(using: &random) ?? "bin"
      let name = try name(
        account: values[0], job: values[1], index: index, count: count, ext: ext)
      let owner = values + ["\(index)", ext]
      #expect(seen[name, default: owner] == owner)
      seen[name] = owner
      #expect(name.split(separator: "/").count == 3)
      #expect(!name.split(separator: "/").contains { $0 == "." || $0 == ".." })
    }
  }

  @Test(
    "a template under which two jobs could have one name is refused",
    arguments: [
      "users/{account}.{ext}", "{account}-{job}", "{job}{ext}", "{job}-{step}", "{job}.{step}",
      "x{job}", "{account}{job}", "{job}.mp4", "/{job}", "{job}/", "a//{job}", "../{job}",
      "{job}/.hidden", "{name}/{job}", "{job", "job}", "", "{job}/a b", "{job}/%2e",
      "{job}/" + String(repeating: "a", count: 256),
    ])
  func refused(_ template: String) {
    #expect(StoreKey(template) == nil)
  }

  @Test(
    "places are read strictly",
    arguments: [
      ("s3://outputs", StorePlace.bucket(name: "outputs", prefix: "")),
      ("s3://outputs/a/b/", .bucket(name: "outputs", prefix: "a/b")),
      ("file:///srv/out%20puts/", .folder("/srv/out puts")),
      ("s3://UPPER", nil), ("s3://ab", nil), ("s3://a..b", nil), ("s3://out/../x", nil),
      ("s3://out//x", nil), ("file:///", nil), ("file:///srv/../etc", nil),
      ("file:///srv/%2e%2e/etc", nil), ("file:///srv/%00", nil), ("file:///srv/%zz", nil),
      ("file://host/srv", nil), ("/srv", nil),
    ])
  func places(_ text: String, _ place: StorePlace?) {
    #expect(StorePlace(text) == place)
  }

  @Test("an output's address is the store's public one, else says where it lies")
  func urls() throws {
    let bucket = try #require(StorePlace("s3://outputs/videos"))
    let key = bucket.key("users/acme/j:1~0.mp4")
    #expect(key == "videos/users/acme/j:1~0.mp4")
    #expect(
      bucket.url(of: key, base: "https://cdn.example/x/")
        == "https://cdn.example/x/videos/users/acme/j%3A1~0.mp4")
    #expect(bucket.url(of: key, base: nil) == "s3://outputs/videos/users/acme/j:1~0.mp4")
    let folder = try #require(StorePlace("file:///srv/out%20puts"))
    #expect(folder.url(of: "a/j1.mp4", base: nil) == "file:///srv/out%20puts/a/j1.mp4")
  }
}
