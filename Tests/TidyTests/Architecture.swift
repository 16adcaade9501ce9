// The arrows between modules, as the design draws them. A new module or arrow is a decision: it is
// made here and in Package.swift.

enum Architecture {
  /// What each module under Sources may import, besides what all may.
  static let arrows: [String: Set<String>] = [
    // pure bytes, the operating system, the store
    "Posix": ["CSystem"],
    "Wire": ["CCrypto", "CSystem", "CZstd"],
    "LMDB": ["CLMDB"],
    // the books
    "Ledger": ["LMDB", "Posix", "Wire"],
    "Providers": ["Ledger", "Wire"],
    // the network
    "HTTP": ["CCurl", "CSystem", "Posix"],
    "Poller": ["HTTP", "Ledger", "Posix", "Providers", "Wire"],
    "Simulator": ["CCrypto", "HTTP", "HTTPServer", "Posix", "Wire"],
    "HTTPServer": ["CMicroHTTPD", "Posix", "Wire"],
    "Server": ["HTTPServer", "Ledger", "Posix", "Providers", "Wire"],
    // what a user types
    "CommandLine": ["Posix", "Wire"],
    "Programs": ["CommandLine", "Ledger", "Posix", "Providers"],
    "ledger": ["CommandLine", "Ledger", "Posix", "Programs", "Providers", "Wire"],
    "ledgerd": [
      "CommandLine", "HTTP", "Ledger", "Poller", "Posix", "Programs", "Providers", "Server",
      "Simulator", "Wire",
    ],
    // C headers import nothing
    "CCrypto": [], "CCurl": [], "CLMDB": [], "CMicroHTTPD": [], "CSystem": [], "CZstd": [],
  ]

  /// The toolchain's own modules, open to all.
  static let everywhere: Set = ["Glibc", "Swift", "Synchronization"]

  /// Who alone may touch each C library.
  static let owners: [String: Set<String>] = [
    "CLMDB": ["LMDB"], "CCrypto": ["Simulator", "Wire"], "CZstd": ["Wire"], "CCurl": ["HTTP"],
    "CMicroHTTPD": ["HTTPServer"],
  ]

  static let network: Set = [
    "CCurl", "CMicroHTTPD", "HTTP", "HTTPServer", "Poller", "Server", "Simulator",
  ]

  /// The programs: the only modules that may print.
  static let programs: Set = ["ledger", "ledgerd"]

  /// All that `module` can reach along the arrows.
  static func reach(of module: String) -> Set<String> {
    var reached: Set<String> = []
    var open = [module]
    while let next = open.popLast() {
      for target in arrows[next] ?? [] where reached.insert(target).inserted { open.append(target) }
    }
    return reached
  }
}
