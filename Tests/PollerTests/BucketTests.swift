// Outputs into a bucket, judged by a server that recomputes every signature by itself.

import Ledger
import Poller
import Posix
import Support
import Testing
import Wire

@Suite("Saving into a bucket", .seeded) struct BucketTests {
  @Test("the object is whole, signed for and of its type; the store's address is shown")
  func put() throws {
    let world = try SaveRig(bucket: true)
    try world.set("store_url", "https://cdn.example")
    try world.finished("j:1", world.server.file("ok", 2_500_000))
    #expect(try world.poll() == .drained([]))
    #expect(try world.state("j:1") == .succeeded)
    let object = try #require(try world.server.objects["/outputs/kept/users/acme/j%3A1.mp4"])
    let content = try world.server.content(2_500_000)
    #expect(object["sha256"] == .string(SHA256.digest(content).description))
    #expect(object["type"] == "video/mp4")
    let stored = try #require(try world.stored("j:1").first)
    #expect(stored["key"] == "kept/users/acme/j:1.mp4" && stored["store"] == "s3://outputs/kept")
    #expect(stored["url"] == "https://cdn.example/kept/users/acme/j%3A1.mp4")
    #expect(try world.leftovers() == [])
  }

  @Test("credentials that end by themselves bring their token")
  func token() throws {
    let world = try SaveRig(bucket: true, token: "session+token/==")
    try world.finished("j", world.server.file("ok", 10))
    let environment = world.environment.merging(["AWS_SESSION_TOKEN": "session+token/=="]) { $1 }
    try world.poll { $0.environment = { environment[$0] } }
    #expect(try world.state("j") == .succeeded)
  }

  @Test("a store that fails is tried again, and the output is not fetched twice")
  func again() throws {
    let world = try SaveRig(bucket: true, limits: ["output_life_s": 1])
    try world.server.fail(3, status: 503)
    try world.finished("j", world.server.file("ok", 1000))
    try world.poll()
    #expect(try world.state("j") == .succeeded)
    #expect(try world.rig.count(.jobStoreFailed, of: "j") == 3)
    #expect(try world.server.requests("/files/ok/1000/clip").count == 1)
    #expect(try world.messages("j").allSatisfy { $0 == "the store answered 503 (SlowDown)" })
  }

  @Test("a wrong key is named, and nothing is lost: once it is right the outputs go")
  func wrongKey() throws {
    let world = try SaveRig(bucket: true)
    try world.finished("j", world.server.file("ok", 1000))
    let environment = world.environment.merging(["AWS_SECRET_ACCESS_KEY": "wrong-canary"]) { $1 }
    var options = world.options(.daemon)
    options.environment = { environment[$0] }
    let fixed = options
    let rig = world.rig
    let daemon = Daemon(fixed.stop) { try rig.poll(fixed) }
    try world.rig.wait { try world.rig.count(.jobStoreFailed, of: "j") > 0 }
    try daemon.finish()
    #expect(world.rig.warnings.contains { $0.contains("SignatureDoesNotMatch") })
    #expect(!world.rig.said.contains { $0.text.contains("canary") })
    try world.poll()
    #expect(try world.state("j") == .succeeded)
    #expect(try world.server.requests("/files/ok/1000/clip").count == 1)
  }

  @Test("without keys nothing is fetched; the drain says what is missing, and nothing is lost")
  func noKeys() throws {
    let world = try SaveRig(bucket: true)
    try world.finished("j", world.server.file("ok", 1000))
    let environment = world.rig.environment
    let ending = try world.poll { $0.environment = { environment[$0] } }
    guard case .drained(let open) = ending else { throw RigError(reason: "no drain") }
    #expect(open.map(\.state) == [.storing] && open[0].reason.contains("AWS_ACCESS_KEY_ID"))
    #expect(try world.server.log.isEmpty)
    #expect(world.rig.warnings.contains { $0.contains("secrets/store") })
    try FileSystem.makeDirectories(world.rig.home.secrets)
    let lines = "AWS_ACCESS_KEY_ID=test-key\nAWS_SECRET_ACCESS_KEY=test-secret\n"
    try FileSystem.replace(
      world.rig.home.secrets + "/store", with: Array(lines.utf8), mode: 0o600)
    try world.poll { $0.environment = { environment[$0] } }
    #expect(try world.state("j") == .succeeded)
  }

  @Test("loopback and plain http are for development machines")
  func loopback() throws {
    let world = try SaveRig(bucket: true)
    try world.finished("j", world.server.file("ok", 1000))
    guard case .drained(let open) = try world.poll({ $0.allowLoopback = false }) else {
      throw RigError(reason: "no drain")
    }
    #expect(open.count == 1 && open[0].reason.contains("LEDGER_DEV=1"))
  }

  @Test("the store's keys stand in no file of the home and in no word of the poller")
  func canary() throws {
    let world = try SaveRig(bucket: true)
    try world.server.fail(1, status: 403)
    try world.finished("j", world.server.file("ok", 1000))
    try world.poll()
    let canaries = ["test-secret", "AWS4-HMAC", "X-Amz-"]
    let log = try #require(
      try FileSystem.read(world.rig.home.path + "/log/data.mdb", limit: 1 << 30))
    for canary in canaries {
      #expect(!log.contains(Array(canary.utf8)))
      #expect(!world.rig.said.contains { $0.text.contains(canary) })
    }
  }
}

/// AWS's own examples: "Authenticating Requests", Amazon S3 API Reference.
@Suite("AWS Signature Version 4") struct SigV4Tests {
  private let signer = SigV4(
    credentials: StoreCredentials(
      accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
    region: "us-east-1", host: "examplebucket.s3.amazonaws.com")

  private func time() throws -> Timestamp { try #require(Timestamp("2013-05-24T00:00:00Z")) }

  @Test("the header of the documented PUT")
  func header() throws {
    let fields = signer.headers(
      method: "PUT", path: "/test%24file.text",
      headers: [
        ("date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
      ], digest: SHA256.digest(Array("Welcome to Amazon S3.".utf8)).description, at: try time())
    let authorization = try #require(fields.last)
    #expect(authorization.name == "Authorization")
    #expect(
      authorization.value.hasSuffix(
        "SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, "
          + "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
  }

  @Test("the query of the documented URL")
  func query() throws {
    let query = signer.query(path: "/test.txt", seconds: 86400, at: try time())
    #expect(
      query.hasSuffix(
        "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"))
    #expect(query.contains("X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3"))
  }

  @Test("credentials show nothing of themselves")
  func silent() {
    let credentials = StoreCredentials(accessKey: "canary", secretKey: "canary")
    #expect(!"\(credentials) \(String(reflecting: credentials))".contains("canary"))
    var dumped = ""
    dump(credentials, to: &dumped)
    #expect(!dumped.contains("canary"))
  }
}
