// Addresses of this machine and of the network around it, in every spelling and at every place
// where an address may be given: the built programs refuse them, and nobody inside is called.

import Posix
import Support
import Testing
import Wire

@Suite("Internal addresses, from outside") struct InternalAddressTests {
  /// Hosts as somebody would write them to get past a list of forbidden ones. PORT is the trap's.
  static let spellings = [
    // this machine: decimal, octal, hexadecimal, short, leading zeros, names
    "127.0.0.1:PORT", "127.1:PORT", "127.0.1:PORT", "2130706433:PORT", "0x7f000001:PORT",
    "0x7f.1:PORT", "0177.0.0.1:PORT", "0177.0.0.01:PORT", "017700000001:PORT",
    "0x7f.0x0.0x0.0x1:PORT", "127.0.0.1.:PORT", "127.000.000.001:PORT", "localhost:PORT",
    "LocalHost:PORT", "localhost.:PORT", "a.localhost:PORT", "0:PORT", "0.0.0.0:PORT", "0x0:PORT",
    "%31%32%37.0.0.1:PORT", "127%2e0%2e0%2e1:PORT", "%6c%6f%63%61%6c%68%6f%73%74:PORT",
    "１２７.0.0.1:PORT", "127。0。0。1:PORT", "ⓛocalhost:PORT",
    // version 6: plain, mapped, compatible, zones, NAT64, 6to4
    "[::1]:PORT", "[0:0:0:0:0:0:0:1]:PORT", "[0000::0001]:PORT", "[::]:PORT",
    "[::ffff:127.0.0.1]:PORT", "[::ffff:7f00:1]:PORT", "[0:0:0:0:0:ffff:127.0.0.1]:PORT",
    "[::127.0.0.1]:PORT", "[::1%25lo]:PORT", "[::1%lo]:PORT", "[fe80::1%25lo]:PORT",
    "[64:ff9b::7f00:1]:PORT", "[64:ff9b::127.0.0.1]:PORT", "[2002:7f00:1::]:PORT",
    // who one is told to be, and where one really goes
    "example.com@127.0.0.1:PORT", "example.com:443@127.0.0.1:PORT", "127.0.0.1:PORT#@example.com",
    "127.0.0.1:PORT?@example.com", "127.0.0.1:PORT\\@example.com", "example.com%40127.0.0.1:PORT",
    "127.0.0.1:PORT%23.example.com", "127.0.0.1%00.example.com:PORT", "[::1]:PORT#.example.com",
    // the network around: private, metadata, link-local, carrier-grade NAT, multicast, broadcast
    "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "2852039166", "0xa9fea9fe",
    "0251.0376.0251.0376", "[::ffff:a9fe:a9fe]", "[fd00:ec2::254]", "100.64.0.1",
    "100.100.100.200", "224.0.0.1", "[ff02::1]", "255.255.255.255", "240.0.0.1", "[fe80::1]",
    "[fc00::1]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "198.18.0.1", "168.63.129.16",
  ]

  private func hosts(_ trap: Trap) -> [String] {
    Self.spellings.map { $0.replacing("PORT", with: "\(trap.port)") }
  }

  /// The home of somebody who is not developing: no switch lets loopback through.
  private func home() throws -> CommandHome {
    let home = try CommandHome()
    #expect(try home.ledger("grant", "acme", "1000").status == 0)
    return home
  }

  private func poll(_ home: CommandHome, _ extra: [String: String] = [:]) throws -> BinaryResult {
    try Binary.ledger.run(
      ["poll", "--once"], environment: home.environment.merging(extra) { $1 }, seconds: 120)
  }

  @Test("there are 60 spellings, and the trap counts who comes")
  func trap() throws {
    #expect(Set(Self.spellings).count >= 60)
    let trap = try Trap()
    trap.spring()
    #expect(trap.callers == 1)
  }

  @Test("a profile that lies at an internal address sends nothing there")
  func profiles() throws {
    let trap = try Trap()
    let home = try home()
    try FileSystem.makeDirectories(home.path + "/providers")
    var accepted = 0
    for (number, host) in hosts(trap).enumerated() {
      for scheme in ["http", "https"] {
        let name = "p\(number)-\(scheme)"
        let profile: JSON = [
          "profile": 1, "name": .string(name), "base_url": .string("\(scheme)://\(host)"),
          "submit": ["url": "/jobs", "body": "{{job.input}}"],
          "status": ["url": "/jobs/{{handle.external_id}}"], "handle": ["external_id": "/id"],
          "state": ["pointers": "/state", "words": ["done": "succeeded", "bad": "failed"]],
          "outputs": [["items": "/url"]],
        ]
        let file = "\(home.path)/providers/\(name).json"
        try FileSystem.replace(file, with: profile.bytes)
        guard try home.ledger("provider", "lint", file).status == 0 else {
          try FileSystem.remove(file)
          continue
        }
        accepted += 1
        _ = try home.ledger(
          "submit", "--provider", name, "--account", "acme", "--hold", "1", "--input", "{}")
        _ = try home.ledger(
          "track", "--provider", name, "--account", "acme", "--hold", "1", "--external-id", "x")
      }
    }
    #expect(accepted > 20, "the guard at connect is what is tested here, not only the spelling")
    _ = try poll(home)
    #expect(trap.callers == 0)
    #expect(
      try !home.ledger("events", "--json").output.contains(
        "\"job.dispatched\",\"version\":1,\"actor\":\"poller\""))
    #expect(try home.json("balance", "acme").first?["captured"] == "0")
  }

  @Test("follow-up addresses of a job are refused before they are kept, or never called")
  func handles() throws {
    let trap = try Trap()
    let home = try home()
    let key = ["REPLICATE_API_TOKEN": "r8_x"]
    for host in hosts(trap) {
      for scheme in ["http", "https"] {
        let url = "\(scheme)://\(host)/v1/predictions/x"
        for option in ["--status-url", "--result-url", "--cancel-url"] {
          var words = [
            "track", "--provider", "replicate", "--account", "acme", "--hold", "0", option, url,
          ]
          if option != "--status-url" { words += ["--external-id", "x"] }
          _ = try Binary.ledger.run(words, environment: home.environment)
        }
      }
    }
    // A closed proxy stands for the provider: nothing leaves this machine, and nothing comes in.
    _ = try poll(
      home, key.merging(["LEDGER_BASE_URL_REPLICATE": "http://127.0.0.1:\(trap.port)"]) { $1 })
    #expect(trap.callers == 0)
  }

  @Test("a hook to an internal address is refused, or told nothing")
  func hooks() throws {
    let trap = try Trap()
    let home = try home()
    var names: [String] = []
    for (number, host) in hosts(trap).enumerated() {
      for scheme in ["http", "https"] {
        let name = "h\(number)-\(scheme)"
        let result = try home.ledger("hook", "add", name, "\(scheme)://\(host)/in")
        if result.status == 0 {
          names.append(name)
        } else {
          #expect([64, 2].contains(result.status))
        }
      }
    }
    _ = try home.ledger(
      "submit", "--provider", "replicate", "--account", "acme", "--hold", "1", "--id", "j",
      "--input", "{}")
    #expect(try home.ledger("cancel", "j").status == 0)
    _ = try poll(home)
    #expect(trap.callers == 0, "\(names)")
    #expect(try home.events("job.delivered").isEmpty)
  }

  @Test("a store at an internal address is refused, or never called")
  func stores() throws {
    let trap = try Trap()
    let home = try home()
    let keys = ["AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret"]
    _ = try home.ledger("config", "set", "store", "s3://outputs")
    for host in hosts(trap) {
      let result = try home.ledger("config", "set", "store_endpoint", "http://\(host)")
      guard result.status == 0 else { continue }
      _ = try poll(home, keys)
      let photo = try home.file("photo.png", String(repeating: "x", count: 300_000))
      _ = try Binary.ledger.run(
        [
          "submit", "--provider", "replicate", "--account", "acme", "--hold", "0", "--input", "{}",
          "--attach", "/image=\(photo)",
        ], environment: home.environment.merging(keys) { $1 })
    }
    #expect(trap.callers == 0)
  }

  @Test("the address that providers are told to call is never called by us")
  func publicAddress() throws {
    let trap = try Trap()
    let home = try home()
    for host in hosts(trap) {
      _ = try home.ledger("config", "set", "public_url", "https://\(host)")
      _ = try home.ledger("doctor")
    }
    #expect(trap.callers == 0)
  }

  @Test("a name that resolves inside is refused, also when it resolves outside as well")
  func names() throws {
    let trap = try Trap()
    let home = try home()
    let file = try home.file(
      "hosts",
      "127.0.0.1 inside.example\n::1 inside.example\n203.0.113.9 both.example\n"
        + "127.0.0.1 both.example\n10.0.0.1 private.example\n")
    // The programs see another /etc/hosts, in a mount namespace of their own.
    let launcher = [
      "unshare", "--mount", "--", "/bin/sh", "-c",
      "mount --bind \(file) /etc/hosts && exec \"$@\"", "sh",
    ]
    let probe = try RunningBinary(
      "unshare", Array(launcher.dropFirst()) + ["getent", "hosts", "private.example"],
      environment: home.environment, input: ""
    ).wait()
    try Test.cancelUnless(probe.output.contains("10.0.0.1"), "no mount namespace here")
    for (number, name) in ["inside", "both", "private"].enumerated() {
      let url = "https://\(name).example:\(trap.port)/in"
      #expect(try home.ledger("hook", "add", "h\(number)", url).status == 0)
    }
    _ = try home.ledger(
      "submit", "--provider", "replicate", "--account", "acme", "--hold", "1", "--id", "j",
      "--input", "{}")
    #expect(try home.ledger("cancel", "j").status == 0)
    _ = try Binary.ledgerd.run(
      ["poll", "--once"], environment: home.environment, seconds: 120, launcher: launcher)
    #expect(trap.callers == 0)
    #expect(try home.events("job.delivered").isEmpty)
    #expect(try home.json("hook", "list").allSatisfy { $0["behind_events"] != 0 })
  }
}

extension CommandHome {
  /// Events of a type.
  func events(_ type: String) throws -> [JSON] { try json("events", "--type", type) }
}

extension Test {
  /// Where the machine cannot do it, the test says so and ends.
  static func cancelUnless(_ isPossible: Bool, _ reason: Comment) throws {
    if !isPossible { try Test.cancel(reason) }
  }
}
