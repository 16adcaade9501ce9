// swift-tools-version: 6.2
// The whole house: which module may know which. Arrows only point down (README, "How to change it").
import PackageDescription

/// Settings of every Swift target, each with its reason.
var house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),  // data races are compile errors
  .enableUpcomingFeature("ExistentialAny"),  // dynamic dispatch is visible where it is paid for
  .enableUpcomingFeature("MemberImportVisibility"),  // a file names every module it uses
  .enableUpcomingFeature("InternalImportsByDefault"),  // C stays behind the module that wraps it
  .treatAllWarnings(as: .error),  // a warning nobody mends hides the next one
  .enableExperimentalFeature("Lifetimes"),  // spans over mapped pages cannot outlive a transaction
]

/// Where the toolchain keeps libFuzzer; set by tools/fuzz-bytes, which alone builds so. Counters at
/// every edge let the fuzzer see what an input reaches.
let fuzzer = Context.environment["LEDGER_FUZZER"]
if fuzzer != nil { house += [.unsafeFlags(["-Xfrontend", "-sanitize=fuzzer"])] }

/// For the targets that touch C or raw memory: every unsafe expression is marked where it stands.
let guarded: [SwiftSetting] = house + [.strictMemorySafety()]

/// `ledger` starts for every command a user types: no dynamic loader, half the start-up time.
/// A sanitizer's runtime does not link into a static executable (tools/test --tsan).
let sanitized = Context.environment["LEDGER_SANITIZED"] != nil
let staticExecutable: [LinkerSetting] = sanitized ? [] : [.unsafeFlags(["-static-executable"])]

let package = Package(
  name: "ledger",
  products: [
    .executable(name: "ledger", targets: ["ledger"]),
    .executable(name: "ledgerd", targets: ["ledgerd"]),
  ],
  targets: [
    // C libraries of the system, one header each
    .systemLibrary(name: "CLMDB", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "CCrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CMicroHTTPD", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "CSystem"),

    // pure bytes, the operating system, the store: no knowledge of the product
    .target(name: "Posix", dependencies: ["CSystem"], swiftSettings: guarded),
    .target(
      name: "Wire", dependencies: ["CCrypto", "CSystem", "CZstd"], swiftSettings: guarded,
      linkerSettings: [.linkedLibrary("m")]),
    .target(name: "LMDB", dependencies: ["CLMDB"], swiftSettings: guarded),

    // the books
    .target(name: "Ledger", dependencies: ["LMDB", "Posix", "Wire"], swiftSettings: guarded),
    .target(
      name: "Providers", dependencies: ["Ledger", "Wire"],
      resources: [
        .embedInCode("Profiles/fal.json"), .embedInCode("Profiles/higgsfield.json"),
        .embedInCode("Profiles/higgsfield-legacy.json"), .embedInCode("Profiles/replicate.json"),
        .embedInCode("Profiles/self-hosted.json"), .embedInCode("Profiles/superduperai.json"),
      ],
      swiftSettings: guarded),

    // the network
    .target(name: "HTTP", dependencies: ["CCurl", "CSystem", "Posix"], swiftSettings: guarded),
    .target(
      name: "Poller", dependencies: ["HTTP", "Ledger", "Posix", "Providers", "Wire"],
      swiftSettings: guarded),
    .target(
      name: "HTTPServer", dependencies: ["CMicroHTTPD", "Posix", "Wire"],
      swiftSettings: guarded),
    .target(
      name: "Server",
      dependencies: ["HTTPServer", "Ledger", "Posix", "Providers", "Wire"],
      resources: [
        .embedInCode("openapi.json"),
        .embedInCode("Page/account.js"),
        .embedInCode("Page/api.js"),
        .embedInCode("Page/app.css"),
        .embedInCode("Page/app.js"),
        .embedInCode("Page/board.js"),
        .embedInCode("Page/client.js"),
        .embedInCode("Page/dom.js"),
        .embedInCode("Page/format.js"),
        .embedInCode("Page/icon.svg"),
        .embedInCode("Page/incidents.js"),
        .embedInCode("Page/index.html"),
        .embedInCode("Page/job.js"),
        .embedInCode("Page/list.js"),
        .embedInCode("Page/live.js"),
        .embedInCode("Page/story.js"),
        .embedInCode("Page/theme.js"),
        .embedInCode("Page/waterfall.css"),
        .embedInCode("Page/waterfall.js"),
      ],
      swiftSettings: guarded),
    .target(
      name: "Simulator", dependencies: ["CCrypto", "HTTP", "HTTPServer", "Posix", "Wire"],
      swiftSettings: guarded),

    // what a user types
    .target(name: "CommandLine", dependencies: ["Posix", "Wire"], swiftSettings: guarded),
    .target(
      name: "Programs", dependencies: ["CommandLine", "Ledger", "Posix", "Providers"],
      swiftSettings: guarded),
    .executableTarget(
      name: "ledger",
      dependencies: ["CommandLine", "Ledger", "Posix", "Programs", "Providers", "Wire"],
      swiftSettings: guarded, linkerSettings: staticExecutable),
    .executableTarget(
      name: "ledgerd",
      dependencies: [
        "CommandLine", "HTTP", "Ledger", "Poller", "Posix", "Programs", "Providers", "Server",
        "Simulator", "Wire",
      ],
      swiftSettings: guarded),

    // measuring: the product's side of tools/bench
    .executableTarget(
      name: "bench", dependencies: ["Ledger", "Posix", "Wire"], path: "tools/benchmarks/Bench",
      swiftSettings: house),

    // tests: one target per module, then the built binaries from outside
    .target(
      name: "Support", dependencies: ["Judge", "Ledger", "Posix", "Wire"], path: "Tests/Support",
      swiftSettings: house),
    .target(
      name: "Judge", dependencies: ["Ledger", "Wire"], path: "Tests/Judge", swiftSettings: house),
    .target(
      name: "World",
      dependencies: [
        "HTTP", "HTTPServer", "Judge", "Ledger", "Poller", "Posix", "Providers", "Simulator",
        "Wire",
      ], path: "Tests/World", swiftSettings: house),
    .executableTarget(
      name: "ledger-torture", dependencies: ["LMDB", "Ledger", "Posix", "Wire", "World"],
      path: "Tests/Torture", swiftSettings: house),
    .testTarget(name: "WireTests", dependencies: ["Wire", "Support"], swiftSettings: house),
    .testTarget(
      name: "LMDBTests", dependencies: ["LMDB", "Posix", "Support", "Wire"],
      swiftSettings: house),
    .testTarget(
      name: "LedgerTests",
      dependencies: ["Judge", "Ledger", "LMDB", "Posix", "Wire", "Support", "ledger-torture"],
      swiftSettings: house),
    .testTarget(
      name: "ProvidersTests", dependencies: ["Ledger", "Providers", "Wire", "Support"],
      swiftSettings: house),
    .testTarget(
      name: "HTTPTests", dependencies: ["HTTP", "Posix", "Support"],
      swiftSettings: house),
    .testTarget(
      name: "HTTPServerTests", dependencies: ["HTTPServer", "Posix", "Support"],
      swiftSettings: house),
    .testTarget(
      name: "ServerTests",
      dependencies: [
        "HTTPServer", "Ledger", "Posix", "Providers", "Server", "Wire", "Support",
      ],
      exclude: ["Fuzz"],
      swiftSettings: house),
    .testTarget(
      name: "BrowserTests", dependencies: ["Posix", "Wire", "Support"],
      exclude: ["browser.py", "follow.py", "hostile.py", "page", "page.py", "proxy.py"],
      swiftSettings: house),
    .testTarget(
      name: "PollerTests",
      dependencies: [
        "HTTP", "Ledger", "Poller", "Posix", "Providers", "Simulator", "Wire", "Support",
      ],
      swiftSettings: house),
    .testTarget(
      name: "SimulatorTests",
      dependencies: ["CommandLine", "HTTP", "Posix", "Simulator", "Wire", "Support"],
      swiftSettings: house),
    .testTarget(
      name: "CommandLineTests", dependencies: ["CommandLine", "Wire", "Support"],
      swiftSettings: house),
    .testTarget(
      name: "ContractTests", dependencies: ["Ledger", "Posix", "Wire", "Support"],
      swiftSettings: house),
    .testTarget(
      name: "EndToEndTests", dependencies: ["Posix", "Wire", "Support"],
      exclude: ["Clients", "Security/lure.py"], swiftSettings: house),
    .target(
      name: "FuzzTargets", dependencies: ["CommandLine", "Ledger", "Posix", "Providers", "Wire"],
      path: "Tests/Fuzz/Targets", swiftSettings: house),
    .testTarget(
      name: "FuzzTests", dependencies: ["FuzzTargets", "Posix", "Support"],
      exclude: ["Regressions"], swiftSettings: house),
    .testTarget(name: "TidyTests", dependencies: ["Posix", "Support"], swiftSettings: house),
  ]
)

if let fuzzer {
  package.targets += [
    .systemLibrary(name: "CLibFuzzer", path: "Tests/Fuzz/CLibFuzzer"),
    .executableTarget(
      name: "fuzz-bytes", dependencies: ["CLibFuzzer", "FuzzTargets", "Posix"],
      path: "Tests/Fuzz/Driver", swiftSettings: house,
      linkerSettings: [.unsafeFlags([fuzzer, "-lstdc++"])]),
  ]
}

// A fresh clone has its campaigns sooner without the tests that are none (tools/faults). Beside
// each stands what it uses of its target.
if Context.environment["LEDGER_CAMPAIGNS"] != nil {
  let campaigns = [
    "LedgerTests": ["Acknowledged", "Canary", "CheckpointTests", "TrustKillTests"],
    "PollerTests": ["EveryFaultTests", "Outside", "Rig"],
    "ProvidersTests": ["Fixtures", "Mailbox", "WebhookStormTests"],
    "ServerTests": ["CutTests", "Description", "EventReader", "House"],
  ]
  package.targets.removeAll { $0.type == .test && campaigns[$0.name] == nil }
  for target in package.targets where target.type == .test {
    target.sources = campaigns[target.name]?.map { "\($0).swift" }
  }
}
