// Many at once who want the same: one job, one hold, one request to the provider.

import Posix
import Support
import Synchronization
import Testing
import Wire
import Dispatch

@Suite("One effect") struct OneEffectTests {
  @Test("64 clients over HTTP and 16 commands with one key, and four pollers: one of everything")
  func oneKey() throws {
    let providers = try Providers("--pace", "0.2-0.4")
    let world = try World(providers)
    let server = try Binary.ledgerd.start(
      ["serve", "--poll", "--listen", "127.0.0.1:0"], environment: world.environment)
    try #require(server.waitForOutput { $0.contains("/\n") }, "\(server.errorSoFar)")
    let address = server.outputSoFar.split(separator: "\n").first { $0.contains("http://") } ?? ""
    let port = try #require(address.dropLast().split(separator: ":").last.flatMap { Int($0) })
    let pollers = try (0..<3).map { _ in try world.poll() }

    let receipts = try together(64, 16, port: port, world)
    #expect(receipts.count == 80)
    let jobs = Set(receipts.map { $0["job"]?.string ?? "none" })
    let positions = Set(receipts.map { $0["position"]?.int ?? 0 })
    #expect(jobs.count == 1 && positions.count == 1, "\(jobs) \(positions)")
    #expect(receipts.count { $0["repeated"] == false } == 1)
    let job = try #require(jobs.first)
    try world.wait(for: "a verdict") { try world.state(job) == "succeeded" }

    // The first poller ends; another takes over, and nothing is done twice.
    pollers[0].signal(9)
    server.signal(15)
    _ = server.wait()
    let again = try Binary.ledger.run(
      [
        "--json", "submit", "--provider", "replicate", "--model", "owner/name", "--account", "acme",
        "--hold", "2", "--key", "one-key", "--input", #"{"prompt":"a cat"}"#,
      ], environment: world.environment)
    #expect(try JSON(parsing: again.output)["repeated"] == true, "\(again)")
    for poller in pollers {
      poller.signal(15)
      _ = poller.wait()
    }
    for type in ["job.submitted", "credit.held", "job.dispatch_started", "job.dispatched"] {
      #expect(try world.events(type).count == 1, "\(type)")
    }
    #expect(try world.events("credit.captured").count == 1)
    #expect(try world.home.json("balance", "acme").first?["available"] == "98")
    let saw = try providers.finish()
    #expect(saw["submitted_twice"] == .array([]), "\(saw.text)")
    #expect(saw["posts"]?.array?.count == 1, "\(saw.text)")
    #expect(saw["posts"]?.array?.first?["posts"] == 1, "\(saw.text)")
  }

  /// Sends the same submission from all of them, each on a thread of its own.
  private func together(
    _ clients: Int, _ commands: Int, port: Int, _ world: World
  ) throws -> [JSON] {
    let body: JSON = [
      "provider": "replicate", "model": "owner/name", "account": "acme", "hold": "2",
      "input": ["prompt": "a cat"],
    ]
    let environment = world.environment
    let receipts = Mutex<[JSON]>([])
    DispatchQueue.concurrentPerform(iterations: clients + commands) { number in
      if number < clients {
        let fields = ["Content-Type": "application/json", "Idempotency-Key": "\"one-key\""]
        guard let connection = try? WebConnection(port: port) else { return }
        connection.send("POST", "/v1/jobs", fields, body: body.bytes)
        guard let reply = try? connection.reply(to: "POST"), reply.status == 202 else { return }
        receipts.withLock { $0.append(reply.json) }
      } else {
        let words = [
          "--json", "submit", "--provider", "replicate", "--model", "owner/name", "--account",
          "acme", "--hold", "2", "--key", "one-key", "--input", #"{"prompt":"a cat"}"#,
        ]
        guard let result = try? Binary.ledger.run(words, environment: environment),
          result.status == 0, let json = try? JSON(parsing: result.output)
        else { return }
        receipts.withLock { $0.append(json) }
      }
    }
    return receipts.withLock { $0 }
  }
}
