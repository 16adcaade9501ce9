// Outputs and attachments from outside: the built programs, the providers and a store on loopback.

import Posix
import Support
import Testing
import Wire

@Suite("Outputs saved by the built programs", .seeded) struct SaveOutputsTests {
  private func submit(_ world: World, _ words: String...) throws -> BinaryResult {
    try Binary.ledger.run(
      [
        "submit", "--provider", "replicate", "--model", "owner/name", "--account", "acme", "--hold",
        "2",
      ] + words, environment: world.environment)
  }

  private func store(_ world: World, _ server: StoreServer) throws -> [String: String] {
    for (name, value) in [
      ("store", "s3://outputs"), ("store_endpoint", server.address), ("capture_on", "stored"),
    ] {
      let result = try world.home.ledger("config", "set", name, value)
      #expect(result.status == 0, "\(result)")
    }
    return world.environment.merging([
      "AWS_ACCESS_KEY_ID": "test-key", "AWS_SECRET_ACCESS_KEY": "test-secret",
    ]) { $1 }
  }

  @Test("jobs are paid when their outputs are in the bucket; status shows where, then and now")
  func bucket() throws {
    let providers = try Providers("--pace", "0.1-0.3")
    defer { _ = try? providers.finish() }
    let world = try World(providers)
    let server = try StoreServer()
    let environment = try store(world, server)
    for number in 1...8 { try world.submit("j\(number)") }
    let result = try Binary.ledger.run(["poll", "--drain"], environment: environment)
    #expect(result.status == 0, "\(result)")
    let objects = try server.objects
    for number in 1...8 {
      let status = try #require(try world.home.json("status", "j\(number)").first)
      #expect(status["state"] == "succeeded" && status["captured"] == "2")
      let stored = try #require(status["outputs"]?.array?.first?["stored"])
      let key = try #require(stored["key"]?.string)
      #expect(key == "users/acme/j\(number).mp4")
      #expect(objects["/outputs/" + key]?["sha256"] == stored["sha256"])
      #expect(objects["/outputs/" + key]?["bytes"] == stored["bytes"])
      #expect(stored["url"] == .string("s3://outputs/\(key)"))
      let position = try #require(status["position"]?.int)
      let past = try world.home.json("status", "j\(number)", "--as-of", "\(position)").first
      #expect(past?["outputs"] == status["outputs"])
    }
    #expect(try world.events("job.stored").count == 8)
    #expect(try world.home.ledger("audit").status == 0)
    #expect(try world.home.ledger("replay", "--check").status == 0)
  }

  @Test("a poller killed while it fetches is followed by one that saves the output, once")
  func killed() throws {
    let providers = try Providers("--pace", "0.1")
    defer { _ = try? providers.finish() }
    let world = try World(providers)
    let server = try StoreServer()
    let environment = try store(world, server)
    let url = server.file("slow", 1)
    let input = #"{"prompt":"a cat","simulate":{"output":"\#(url)"}}"#
    #expect(try submit(world, "--id", "j", "--input", input).status == 0)
    let first = try Binary.ledger.start(["poll"], environment: environment)
    try world.wait(for: "a fetch") { try !server.requests("/files/slow").isEmpty }
    first.signal(9)
    _ = first.wait()
    #expect(try world.state("j") == "storing")
    let result = try Binary.ledger.run(["poll", "--drain"], environment: environment)
    #expect(result.status == 0, "\(result)")
    #expect(try world.state("j") == "succeeded")
    #expect(try world.events("job.stored").count == 1)
    #expect(try world.events("credit.captured").count == 1)
    #expect(try server.requests("/files/slow").count == 2)
    let leftovers = try FileSystem.list(world.home.path + "/store-tmp")
    #expect(leftovers == [])
  }

  @Test("a folder store is made when it is set, and filled")
  func folder() throws {
    let providers = try Providers("--pace", "0.1")
    defer { _ = try? providers.finish() }
    let world = try World(providers)
    let folder = world.home.directory + "/saved/outputs"
    #expect(try world.home.ledger("config", "set", "store", "file://" + folder).status == 0)
    try world.submit("j")
    let result = try Binary.ledger.run(["poll", "--drain"], environment: world.environment)
    #expect(result.status == 0, "\(result)")
    let stored = try #require(
      try world.home.json("status", "j").first?["outputs"]?.array?.first?["stored"])
    let file = try FileSystem.read("\(folder)/users/acme/j.mp4")
    #expect(stored["sha256"] == .string(SHA256.digest(file ?? []).description))
    let screen = try world.home.ledger("status", "j")
    #expect(screen.output.contains("saved: file://\(folder)/users/acme/j.mp4"))
  }

  @Test(
    "--attach puts the file's address into the input; the log keeps its digest, not its address")
  func attach() throws {
    let providers = try Providers("--pace", "0.1")
    defer { _ = try? providers.finish() }
    let world = try World(providers)
    let server = try StoreServer()
    let environment = try store(world, server)
    let photo = try world.home.file("photo.png", String(repeating: "pixel", count: 100_000))
    let words = [
      "submit", "--provider", "replicate", "--model", "owner/name", "--account", "acme", "--hold",
      "2", "--id", "j", "--input", #"{"prompt":"a cat"}"#, "--attach", "/image_url=\(photo)",
    ]
    let first = try Binary.ledger.run(words, environment: environment)
    #expect(first.status == 0, "\(first)")
    let again = try Binary.ledger.run(["--json"] + words, environment: environment)
    #expect(try JSON(parsing: again.output)["repeated"] == true, "\(again)")
    _ = try world.home.file("photo.png", "another picture")
    #expect(try Binary.ledger.run(words, environment: environment).status == 2)
    let result = try Binary.ledger.run(["poll", "--drain"], environment: environment)
    #expect(result.status == 0, "\(result)")
    let object = try #require(try server.objects.members.first { $0.name.contains("/inputs/") })
    let submitted = try #require(try world.events("job.submitted").first?["data"])
    let kept = try #require(submitted["attachments"]?.array?.first)
    #expect(kept["pointer"] == "/image_url" && kept["name"] == "photo.png")
    #expect(kept["sha256"] == object.value["sha256"] && kept["bytes"] == 500_000)
    #expect(submitted["input"] == ["prompt": "a cat"])
    let events = try world.home.ledger("events", "--json", "--type", "job.submitted").output
    #expect(!events.contains("X-Amz"))
  }

  @Test("--attach says no where the file could never be fetched, or has no place in the input")
  func attachRefused() throws {
    let providers = try Providers("--pace", "0.1")
    defer { _ = try? providers.finish() }
    let world = try World(providers)
    let large = try world.home.file("large.png", String(repeating: "x", count: 200_000))
    let small = try world.home.file("small.png", "x")
    let input = ["--input", #"{"image":{"kind":"x"},"list":[1]}"#]
    func run(_ attach: String...) throws -> BinaryResult {
      try Binary.ledger.run(
        [
          "submit", "--provider", "replicate", "--model", "owner/name", "--account", "acme",
          "--hold", "2",
        ] + input + attach.flatMap { ["--attach", $0] },
        environment: world.environment)
    }
    let refused = try run("/image/url=\(large)")
    #expect(refused.status == 78 && refused.error.contains("store"), "\(refused)")
    let folder = world.home.directory + "/saved"
    #expect(try world.home.ledger("config", "set", "store", "file://" + folder).status == 0)
    #expect(try run("/image/url=\(large)").status == 78)
    for place in ["/image/a/b", "/list/7", "/list/-", "image"] {
      #expect(try run("\(place)=\(small)").status == 64, "\(place)")
    }
    #expect(try run("/image/url=\(small)", "/image/url=\(small)").status == 64)
    #expect(try run("/image/url=\(world.home.directory)/nothing").status == 64)
    #expect(try world.events("job.submitted").isEmpty)
    #expect(try run("/list/0=\(small)").status == 0)
  }

  @Test("of a pipeline the first step has the files")
  func attachToSteps() throws {
    let providers = try Providers("--pace", "0.1")
    defer { _ = try? providers.finish() }
    let world = try World(providers)
    let small = try world.home.file("small.txt", "hello")
    let step = #"{"provider":"replicate","model":"a/b","share":"1","input":{"prompt":"x"}}"#
    let steps = try world.home.file("steps.json", "[\(step),\(step)]")
    let result = try Binary.ledger.run(
      [
        "submit", "--account", "acme", "--hold", "2", "--id", "j", "--steps", steps, "--attach",
        "/text=\(small)",
      ], environment: world.environment)
    #expect(result.status == 0, "\(result)")
    let ending = try Binary.ledger.run(["poll", "--drain"], environment: world.environment)
    #expect(ending.status == 0, "\(ending)")
    #expect(try world.state("j") == "succeeded")
    // The provider's answer repeats what it was given.
    let told = try world.home.ledger("export").output
    #expect(told.contains(";base64,aGVsbG8="))
  }

  @Test("what is forgotten is forgotten in the home's attachments too")
  func forget() throws {
    let providers = try Providers("--pace", "0.1")
    defer { _ = try? providers.finish() }
    let world = try World(providers)
    let small = try world.home.file("small.png", "a picture of me")
    let result = try submit(
      world, "--id", "j", "--input", "{}", "--attach", "/image=\(small)")
    #expect(result.status == 0, "\(result)")
    #expect(try !FileSystem.list(world.home.path + "/attachments/j").isEmpty)
    #expect(try world.home.ledger("forget", "acme", "--reason", "asked").status == 0)
    #expect(!FileSystem.exists(world.home.path + "/attachments/j"))
    #expect(try world.events("job.submitted").first?["data"]?["attachments"] == .null)
  }
}
