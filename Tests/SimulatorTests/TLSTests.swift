// https: trusted by whoever is told to, refused by everybody else, and wrong where asked.
import HTTP
import Posix
import Testing
import Wire

@testable import Simulator

@Suite("An https simulator")
struct TLSTests {
  private func get(_ simulator: Simulator, trusting authority: String?) throws -> Multi.Completion {
    let folder = try FileSystem.makeTemporaryDirectory(prefix: "/tmp/ledger-tls-")
    defer { try? FileSystem.removeTree(folder) }
    var configuration = Multi.Configuration(version: "test", allowLoopback: true)
    if let authority {
      try FileSystem.replace(folder + "/ca.pem", with: Array(authority.utf8))
      configuration.certificateAuthorityFile = folder + "/ca.pem"
    }
    let multi = try Multi(configuration)
    multi.start(HTTPRequest(.get, simulator.address + "/_simulator"), tag: 1)
    while true {
      if let completion = multi.wait(timeoutMilliseconds: 1000).first { return completion }
    }
  }

  private func start(_ faults: String? = nil) throws -> Simulator {
    var options = SimulatorOptions(faults: try faults.map { try Fault.parse($0) } ?? [])
    options.usesTLS = true
    return try Simulator.start(options)
  }

  @Test("is reached by who trusts its authority, at every port")
  func trusted() throws {
    let simulator = try start()
    let reply = try get(simulator, trusting: simulator.authority).result.get()
    let providers = try JSON(parsing: reply.body)["providers"]?.object?.members
    #expect(reply.status == 200)
    #expect(providers?.allSatisfy { $0.value.string?.hasPrefix("https://") == true } == true)
  }

  @Test("is refused by who does not")
  func untrusted() throws {
    let simulator = try start()
    let other = try start().authority
    for authority in [nil, other] {
      let result = try get(simulator, trusting: authority).result
      #expect(throws: HTTPError.self) { try result.get() }
      guard case .failure(let error) = result else { continue }
      #expect(error.kind == .tls && error.nothingWasSent)
    }
  }

  @Test(
    "can show a certificate of another authority, for another host, or of yesterday",
    arguments: ["tls-authority", "tls-host", "tls-expired"])
  func wrong(fault: String) throws {
    let simulator = try start(fault)
    guard case .failure(let error) = try get(simulator, trusting: simulator.authority).result
    else { return #expect(Bool(false), "a wrong certificate was accepted") }
    #expect(error.kind == .tls && error.nothingWasSent)
  }
}
