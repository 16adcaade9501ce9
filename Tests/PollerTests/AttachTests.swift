// Files on their way into the input: in the store before their job is submitted, or inside it.

import Ledger
import Poller
import Posix
import Support
import Testing
import Wire

@Suite("Attachments", .seeded) struct AttachTests {
  private let photo = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

  private func attach(_ world: SaveRig, _ bytes: [UInt8], id: String = "j") throws {
    let attachment = Attachment(
      pointer: "/image/url", name: "photo 1.png", bytes: UInt64(bytes.count),
      sha256: SHA256.digest(bytes).bytes, mediaType: "image/png")
    let path = attachment.path(of: id, in: world.rig.home)
    try FileSystem.makeDirectories(try #require(FileSystem.parent(of: path)))
    try FileSystem.replace(path, with: bytes)
    var submission = Submission(
      id: id, account: "acme", provider: "replicate", hold: Credits("5")!,
      input: ["prompt": "a cat", "image": ["kind": "photo"]])
    submission.model = "acme/clip"
    submission.attachments = [attachment]
    try world.rig.run(.submit(submission))
  }

  /// What reached the provider in the file's stead.
  private func sent(_ world: SaveRig, _ id: String = "j") throws -> String {
    let reply = try world.rig.events(id).compactMap { event -> BlobReference? in
      if case .jobDispatched(let body) = event.event { body.reply } else { nil }
    }.first
    let json = try world.rig.books.read { snapshot in try reply.flatMap { try snapshot.json($0) } }
    return try #require(json?["input"]?["image"]?["url"]?.string, "\(String(describing: json))")
  }

  @Test("the provider gets an address that is signed for, and reads the file there")
  func signed() throws {
    let world = try SaveRig(bucket: true, captureOn: "succeeded")
    try attach(world, photo)
    try world.poll()
    let url = try sent(world)
    #expect(url.hasPrefix(world.server.address + "/outputs/kept/inputs/acme/j/"))
    #expect(try world.server.get(url) == photo)
    let forged = url.replacing("Expires=604800", with: "Expires=604799")
    #expect(try world.server.status(forged) == 403)
    let object = try #require(
      try world.server.objects.members.first { $0.name.contains("/inputs/") })
    #expect(object.name.hasSuffix("/photo~201.png") && object.value["type"] == "image/png")
    // Signed addresses are secrets: our own events do not hold them.
    let start = try world.rig.events("j").first { $0.event.type == .jobSubmitted }
    #expect(
      !String(describing: try world.rig.books.read { try $0.json(#require(start)) }).contains(
        "X-Amz"))
  }

  @Test("before the file is in the store nothing is sent to the provider")
  func uploadFirst() throws {
    let world = try SaveRig(bucket: true, captureOn: "succeeded")
    try world.server.fail(2, status: 503)
    try attach(world, photo)
    try world.poll()
    #expect(try world.state("j") == .succeeded && world.rig.outside.posts == 1)
    #expect(try world.server.requests("/outputs").count { $0["method"] == "PUT" } >= 3)
    #expect(world.rig.warnings.contains { $0.contains("attachment of job j waits") })
    #expect(try world.rig.count(.jobDispatchStarted, of: "j") == 1)
  }

  @Test("with a public address of the store the provider gets that")
  func publicURL() throws {
    let world = try SaveRig(captureOn: "succeeded")
    try world.set("store_url", "https://cdn.example/x")
    try attach(world, photo)
    try world.poll()
    let url = try sent(world)
    #expect(url.hasPrefix("https://cdn.example/x/inputs/acme/j/"))
    let key = url.dropFirst("https://cdn.example/x/".count)
    #expect(try FileSystem.read(world.folder + "/" + key) == photo)
  }

  @Test("a small file goes inside the input where the store has no address")
  func inline() throws {
    let world = try SaveRig(captureOn: "succeeded")
    let small = Array("small".utf8)
    try attach(world, small)
    try world.poll()
    #expect(try sent(world) == "data:image/png;base64,c21hbGw=")
  }

  @Test("a large one waits until the store has an address; the drain says so")
  func waits() throws {
    let world = try SaveRig(captureOn: "succeeded")
    try attach(world, photo)
    guard case .drained(let open) = try world.poll() else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.submitted] && open[0].reason.contains("store_url"))
    #expect(world.rig.outside.posts == 0)
    try world.set("store_url", "https://cdn.example")
    try world.poll()
    #expect(try world.state("j") == .succeeded)
  }

  @Test("a file that is gone, or is another one now, is never sent", arguments: [true, false])
  func gone(_ isGone: Bool) throws {
    let world = try SaveRig(captureOn: "succeeded")
    try attach(world, Array("small".utf8))
    let folder = Attachment.folder(of: "j", in: world.rig.home)
    for name in try FileSystem.list(folder) {
      if isGone { try FileSystem.remove(folder + "/" + name) }
      if !isGone { try FileSystem.replace(folder + "/" + name, with: Array("other".utf8)) }
    }
    try world.poll()
    #expect(try world.state("j") == .parked && world.rig.outside.posts == 0)
    #expect(try world.rig.details("j").job.parkReason == .handleIncomplete)
  }

  @Test("the files of a job that ended are removed by the next poller")
  func tidy() throws {
    let world = try SaveRig(captureOn: "succeeded")
    try attach(world, Array("small".utf8))
    try world.poll()
    #expect(FileSystem.exists(Attachment.folder(of: "j", in: world.rig.home)))
    try world.poll()
    #expect(!FileSystem.exists(Attachment.folder(of: "j", in: world.rig.home)))
  }
}
